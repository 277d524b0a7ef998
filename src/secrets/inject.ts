import { FortressError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";

export interface ExecCall {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Adds secrets to one engine `exec`: only their names go into argv (`-e NAME`), the values into
 * the environment of the engine process, from where the engine copies them.
 *
 * @throws FortressError `host-seam-changed` when argv is not an `exec` of an engine
 */
export function injectSecrets(call: ExecCall, secrets: ReadonlyMap<string, Secret>): { argv: string[]; env: NodeJS.ProcessEnv } {
  const exec = call.argv.indexOf("exec");
  if (exec < 1) {
    throw new FortressError("host-seam-changed", "OpenClaw's exec call is not of the form that fortress knows.", "Update openclaw-fortress to a version for this OpenClaw.");
  }
  const argv = [...call.argv];
  const env = { ...call.env };
  argv.splice(exec + 1, 0, ...[...secrets.keys()].flatMap((name) => ["-e", name]));
  for (const [name, secret] of secrets) env[name] = secret.reveal();
  return { argv, env };
}
