import { CATALOG } from "../../src/isolation/catalog.ts";
import type { CheckResult, Examination, Verification } from "../../src/model/check.ts";
import type { Gateway } from "./gateway.ts";

/** The failures that weigh less because nothing on fortress's side can close them; the README names the same. */
export const REMAINING: readonly string[] = [
  "filesystem.home-holds-no-programs",
  "filesystem.no-host-paths",
  "secrets.environment-private",
  "secrets.memory-private",
  "resource.disk-bounded",
  "privilege.kernel-quiet",
  "privilege.runtime-current",
  "privilege.mac-profile",
  "namespace.cgroup",
];

/** What `openclaw fortress verify` says of every running sandbox of a gateway. */
export async function verifyByCli(gateway: Gateway, args: readonly string[] = []): Promise<Verification & { readonly exitCode: number | undefined }> {
  const { stdout, stderr, exitCode } = await gateway.cli(["fortress", "verify", "--json", ...args]);
  try {
    return { ...(JSON.parse(stdout) as Verification), exitCode };
  } catch (cause) {
    throw new Error(`verify printed no JSON: ${stdout}${stderr}`, { cause });
  }
}

/** Of one agent's sandbox; it is an error when the agent has none, or a check is missing. */
export function examinationOf({ examinations, unseen }: Verification, agent: string): Examination {
  const found = examinations.find(({ agentId }) => agentId === agent);
  if (!found) throw new Error(`No sandbox of ${agent} was examined: ${unseen.join("; ")}`);
  if (found.results.length !== CATALOG.length) throw new Error(`${found.results.length} of ${CATALOG.length} checks answered`);
  return found;
}

export function idsOf({ results }: Examination, matches: (result: CheckResult) => boolean): string[] {
  return results.filter(matches).map(({ id }) => id);
}

/** One line for each result that is no pass, for a person. */
export function describeOpen({ results }: Examination): string {
  return results.filter(({ state }) => state !== "pass").map(({ state, severity, id, evidence }) => `${state} ${severity} ${id}: ${evidence}`).join("\n");
}
