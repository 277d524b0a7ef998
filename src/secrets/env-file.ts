import { FortressError } from "../model/errors.ts";
import { Secret } from "../model/secret.ts";

/** A value travels as one environment string; the kernel's limit for one is 128 KiB. */
const MAX_VALUE_BYTES = 128 * 1024 - 256;

/**
 * Names that change what a shell, a loader, an interpreter or the container engine does. Values pass
 * through the environment of the engine's process on the host, not only into the sandbox.
 */
const SUBVERTING = new Set([
  "PATH", "HOME", "USER", "SHELL", "ENV", "BASH_ENV", "IFS", "PS4", "PWD", "CDPATH", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND",
  "NODE_OPTIONS", "NODE_PATH", "PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", "PERL5OPT", "PERL5LIB", "RUBYOPT", "RUBYLIB",
  "JAVA_TOOL_OPTIONS", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "EDITOR", "VISUAL", "TMPDIR", "GODEBUG", "SSLKEYLOGFILE",
  "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION",
]);
const SUBVERTING_PREFIXES = ["CONTAINER_", "CONTAINERS_", "PODMAN_", "XDG_", "LD_", "DYLD_", "BASH_FUNC_", "GIT_CONFIG", "OPENCLAW_"];

/**
 * Reads the text of a `secrets.env`.
 *
 * Grammar, a line each: blank; `# comment`; `[export ]NAME=value`. A value is bare (to the end of
 * the line, outer blanks cut), `'single quoted'` (taken as it is) or `"double quoted"` (with `\"`,
 * `\\`, `\$` and `\n`); nothing may follow a closing quote but a comment. A byte order mark and
 * CRLF are accepted.
 *
 * @throws FortressError `secrets-file-invalid`, naming line and key, never the value
 */
export function parseEnvFile(text: string): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const at = `line ${index + 1}`;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/s.exec(line);
    // A bare NAME or a NAME* would make an engine copy the gateway's own environment.
    if (!match) throw invalid(`${at} is not NAME=value`, "Write one NAME=value a line; a name is letters, digits and underscores.");
    const name = match[1]!;
    if (secrets.has(name)) throw invalid(`${at}: ${name} is set twice`, "Keep one of the two lines.");
    if (SUBVERTING.has(name) || SUBVERTING_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      throw invalid(`${at}: ${name} would change what programs run`, "Use a name of the key's own, for example EXAMPLE_API_KEY.");
    }
    const value = readValue(match[2]!.trim());
    if (value === undefined) throw invalid(`${at}: the quotes of ${name} do not match`, "Close the quote on the same line; write line breaks as \\n in double quotes.");
    if (value.includes("\0")) throw invalid(`${at}: ${name} holds a NUL byte`, "Remove it; an environment variable cannot hold one.");
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) throw invalid(`${at}: ${name} is longer than ${MAX_VALUE_BYTES} bytes`, "The kernel cannot pass it; store a shorter value.");
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

function invalid(what: string, remedy: string): FortressError {
  return new FortressError("secrets-file-invalid", `secrets file: ${what}.`, remedy);
}
