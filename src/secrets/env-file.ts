import { FortressError } from "../model/errors.ts";
import { Secret } from "../model/secret.ts";
import { nameProblem, valueProblem } from "./names.ts";

/**
 * Reads the text of a `secrets.env`.
 *
 * Grammar, a line each: blank; `# comment`; `[export ]NAME=value`. A value is bare (to the end of
 * the line, outer blanks cut), `'single quoted'` (taken as it is) or `"double quoted"` (with `\"`,
 * `\\`, `\$` and `\n`); nothing may follow a closing quote but a comment. A byte order mark and
 * CRLF are accepted.
 *
 * @param what how errors name the file
 * @throws FortressError `secrets-file-invalid`, naming line and key, never the value
 */
export function parseEnvFile(text: string, what = "secrets file"): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  const invalid = (problem: string, remedy: string): FortressError => new FortressError("secrets-file-invalid", `${what}: ${problem}.`, remedy);
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const at = `line ${index + 1}`;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/s.exec(line);
    // A bare NAME or a NAME* would make an engine copy the gateway's own environment.
    if (!match) throw invalid(`${at} is not NAME=value`, "Write one NAME=value a line; a name is letters, digits and underscores.");
    const name = match[1]!;
    if (secrets.has(name)) throw invalid(`${at}: ${name} is set twice`, "Keep one of the two lines.");
    const wrongName = nameProblem(name);
    if (wrongName !== undefined) throw invalid(`${at}: ${name} ${wrongName}`, "Use a name of the key's own, for example EXAMPLE_API_KEY.");
    const written = match[2]!.trim();
    const value = readValue(written);
    if (value === undefined) throw invalid(`${at}: the quotes of ${name} do not match`, "Close the quote on the same line; write line breaks as \\n in double quotes.");
    const wrongValue = valueProblem(value);
    if (wrongValue !== undefined) throw invalid(`${at}: ${name} ${wrongValue}`, "Store a value that an environment variable can hold.");
    // A lone carriage return is the line end of an old editor: the next line would become part of this value.
    if (value === written && value.includes("\r")) throw invalid(`${at}: ${name} holds a carriage return`, "Save the file with LF or CRLF line ends, or quote the value.");
    secrets.set(name, new Secret(value));
  }
  return secrets;
}

function readValue(text: string): string | undefined {
  if (text.startsWith("'")) return /^'([^']*)'\s*(?:#.*)?$/s.exec(text)?.[1];
  if (text.startsWith('"')) {
    const body = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/s.exec(text)?.[1];
    return body?.replace(/\\(["\\$n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return text;
}

/** Text that {@link parseEnvFile} reads back as the same secrets. */
export function writeEnvFile(secrets: ReadonlyMap<string, Secret>): string {
  return [...secrets].map(([name, secret]) => `${name}="${secret.reveal().replace(/["\\$]/g, "\\$&").replaceAll("\n", "\\n")}"\n`).join("");
}
