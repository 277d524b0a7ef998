import { FortressError } from "../model/errors.ts";
import { parseEnvFile } from "./env-file.ts";
import { nameProblem } from "./names.ts";

/** A `.env` of OpenClaw's state directory, by what becomes of its lines. */
export interface GatewayEnv {
  /** Its secrets, for {@link parseEnvFile}; the other lines are blank, so that line numbers stay. */
  readonly secrets: string;
  /** Everything else as it is, comments too. */
  readonly rest: string;
  /** Names that can't be secrets, such as `OPENCLAW_GATEWAY_TOKEN`: they configure the gateway. */
  readonly kept: readonly string[];
}

/**
 * OpenClaw reads this file with dotenv, which ends a bare value at `#`, knows `` ` `` as a quote and
 * no escape but `\n` and `\r`. A line that it reads differently would become another key.
 *
 * @param what how errors name the file
 * @throws FortressError `secrets-file-invalid`, naming line and key, never the value
 */
export function splitGatewayEnv(text: string, what: string): GatewayEnv {
  const lines = text.split(/(?<=\n)/).map((whole) => {
    const [, name, value = ""] = /^\uFEFF?\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)$/s.exec(whole.trimEnd()) ?? [];
    return { whole, name, value: value.trim(), moves: name !== undefined && nameProblem(name) === undefined };
  });
  const invalid = (problem: string, remedy: string): FortressError => new FortressError("secrets-file-invalid", `${what}: ${problem}.`, remedy);
  // To dotenv it is a line end, also in a comment.
  const mixed = lines.findIndex(({ whole }) => whole.trim().includes("\r"));
  if (mixed !== -1) throw invalid(`line ${mixed + 1}${lines[mixed]!.name === undefined ? "" : `: ${lines[mixed]!.name}`} holds a carriage return`, "Save the file with LF or CRLF line ends.");
  const isOfGateway = ({ name, moves }: (typeof lines)[number]): boolean => name !== undefined && !moves;
  const secrets = lines.map((line) => (isOfGateway(line) ? "\n" : line.whole)).join("");
  parseEnvFile(secrets, what);
  for (const [index, { name, value }] of lines.entries()) {
    if (name === undefined || isPlain(value)) continue;
    throw invalid(`line ${index + 1}: the value of ${name} can be read in two ways`, `Quote it: ${name}='…' takes everything as it is, except ' and \\. A comment goes behind the closing quote.`);
  }
  return { secrets, rest: lines.filter(({ moves }) => !moves).map(({ whole }) => whole).join(""), kept: lines.filter(isOfGateway).map(({ name }) => name!) };
}

/** True for a value that ends on its line and that the store's grammar and dotenv read alike. */
function isPlain(value: string): boolean {
  if (/^'[^'\\]*'\s*(?:#.*)?$/.test(value) || /^"(?:[^"\\]|\\n)*"\s*(?:#.*)?$/.test(value)) return true;
  return !/^['"`]|#/.test(value);
}
