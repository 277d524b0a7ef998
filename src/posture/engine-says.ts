import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../model/finding.ts";
import type { Container, EngineId } from "../model/sandbox.ts";

/** Names of variables that look as if they held a key. */
const SECRET_NAME = /(^|_)(API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET(_?KEY)?|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(_|$)/i;

/** What only the engine knows of a sandbox: its environment's names, and which filter it was given. */
export function engineFindings(container: Container, filter: ExpectedFilter | undefined): Finding[] {
  const { name, envNames } = container;
  const findings: Finding[] = [];
  const secrets = keyNames(envNames);
  if (secrets.length > 0) {
    findings.push({ id: "posture.env-secret", severity: "warn", detail: `${name}: the container's own environment holds what look like keys: ${secrets.join(", ")}.`, remedy: "Take them out of sandbox.docker.env or the image, put them into secrets.env, and recreate the sandbox: openclaw sandbox recreate --all" });
  }
  if (filter && !usesFilter(container, filter)) {
    findings.push({ id: "posture.seccomp-other", severity: "warn", detail: `${name}: it was made with another filter of system calls than the one that is configured now.`, remedy: "Recreate it: openclaw sandbox recreate --all" });
  }
  return findings;
}

/** Those of the names that look as if they held a key. */
export function keyNames(names: readonly string[]): string[] {
  return names.filter((each) => SECRET_NAME.test(each)).sort();
}

/** The filter that a sandbox should have. Podman shows its path, Docker its text. */
export interface ExpectedFilter {
  readonly path: string;
  readonly text: string;
}

export function usesFilter({ seccomp: shown }: Container, { path, text }: ExpectedFilter): boolean {
  if (shown === undefined || shown === path) return shown === path;
  try {
    return isDeepStrictEqual(JSON.parse(shown), JSON.parse(text));
  } catch {
    return false;
  }
}

/** Name and number of a runtime whose ways out would be known. */
export function knownRuntime(version: string | undefined): string | undefined {
  return /^(?:runc|crun) version \d[\w.+~-]*/.exec(version ?? "")?.[0];
}

/** A runtime with known escapes by redirected masks and consoles (CVE-2025-31133, -52565, -52881). */
export function runtimeFinding(engine: EngineId, version: string | undefined): Finding | undefined {
  const [, major, minor, patch, candidate] = /^runc version (\d+)\.(\d+)\.(\d+)(?:-rc\.?(\d+))?/.exec(version ?? "") ?? [];
  if (major === undefined || !isOld(Number(major), Number(minor), Number(patch), candidate === undefined ? Infinity : Number(candidate))) return undefined;
  return {
    id: "posture.runtime-old",
    // A number alone proves nothing: distributions mend old versions.
    severity: "info",
    detail: `${engine} runs sandboxes with ${version!.split("\n")[0]}, which by its number has known ways out of a container (CVE-2025-31133, CVE-2025-52565, CVE-2025-52881).`,
    remedy: "Update runc to 1.2.8, 1.3.3 or 1.4, or check that your distribution's package has the corrections.",
  };
}

function isOld(major: number, minor: number, patch: number, candidate: number): boolean {
  if (major !== 1) return major < 1;
  if (minor < 2) return true;
  if (minor === 2) return patch < 8;
  if (minor === 3) return patch < 3;
  return minor === 4 && patch === 0 && candidate < 3;
}
