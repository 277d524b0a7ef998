import type { Finding } from "../model/finding.ts";
import type { EngineId } from "../model/sandbox.ts";
import { BASE_PROFILE } from "./base-profile.ts";
import { allowedNames, deniesByDefault, parseProfile, type SeccompProfile } from "./profile.ts";
import { CONFIG_KEY, DOCKER_KEY, type PostureFacts, type Refusal } from "./request.ts";
import { DENIED, hardenProfile } from "./seccomp.ts";

/** Where Podman looks for its default, in its own order. Docker's is built into dockerd. */
const PODMAN_DEFAULTS = ["/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"];

/** The filter of system calls that a sandbox gets. */
export type FilterPlan =
  /** To be written where the engine can read it. */
  | { readonly kind: "derived"; readonly text: string }
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "engine" };

export interface FilterDecision {
  readonly filter: FilterPlan;
  readonly findings: readonly Finding[];
  readonly refusals: readonly Refusal[];
}

/** A profile that the operator names counts more than ours: it is judged, never dropped. */
export function planFilter({ request, config, readText }: PostureFacts): FilterDecision {
  if (config.seccomp.startsWith("/")) return judgeFile(config.seccomp, `${CONFIG_KEY}.seccomp`, readText);
  if (request.seccompProfile?.trim()) return judgeFile(request.seccompProfile.trim(), `${DOCKER_KEY}.seccompProfile`, readText);
  if (config.seccomp === "engine") {
    const finding: Finding = {
      id: "posture.seccomp-engine",
      severity: "warn",
      detail: `Sandboxes have the engine's default filter of system calls (${CONFIG_KEY}.seccomp: "engine"), which lets them make user namespaces and trace each other's commands.`,
      remedy: 'Set it to "hardened".',
    };
    return { filter: { kind: "engine" }, findings: [finding], refusals: [] };
  }
  const { path, profile } = baseOf(request.engine, readText);
  if (!profile || !deniesByDefault(profile)) return refuse(path, profile, "which is the engine's default");
  return { filter: { kind: "derived", text: `${JSON.stringify(hardenProfile(profile))}\n` }, findings: [], refusals: [] };
}

function baseOf(engine: EngineId, readText: PostureFacts["readText"]): { readonly path: string; readonly profile: SeccompProfile | undefined } {
  for (const path of engine === "podman" ? PODMAN_DEFAULTS : []) {
    const text = readText(path);
    if (text !== undefined) return { path, profile: parseProfile(text) };
  }
  return { path: "the profile that fortress brings", profile: BASE_PROFILE };
}

function judgeFile(path: string, key: string, readText: PostureFacts["readText"]): FilterDecision {
  const text = readText(path);
  if (text === undefined) {
    return { filter: { kind: "engine" }, findings: [], refusals: [{ because: `${key}: ${path} cannot be read`, remedy: "Name a file that the gateway's user can read, or remove the key to get the hardened profile." }] };
  }
  const profile = parseProfile(text);
  if (!profile || !deniesByDefault(profile)) return refuse(path, profile, `named by ${key}`);
  const allowed = allowedNames(profile);
  const holes = DENIED.filter((name) => allowed.has(name));
  const findings: Finding[] = [];
  if (holes.length > 0) {
    findings.push({
      id: "posture.seccomp-loose",
      severity: "warn",
      detail: `${path} (${key}) lets through what the hardened profile denies: ${holes.join(", ")}.`,
      remedy: `Take them out of the file, or remove ${key}.`,
    });
  }
  return { filter: { kind: "file", path, text }, findings, refusals: [] };
}

function refuse(path: string, profile: SeccompProfile | undefined, which: string): FilterDecision {
  const because = profile ? `the seccomp profile ${path}, ${which}, allows whatever it does not name (defaultAction: ${profile.defaultAction})` : `${path}, ${which}, is not a seccomp profile`;
  return { filter: { kind: "engine" }, findings: [], refusals: [{ because, remedy: "Use a profile with defaultAction SCMP_ACT_ERRNO." }] };
}
