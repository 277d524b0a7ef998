import { createHash } from "node:crypto";
import type { Config } from "../config/resolve.ts";
import { canonicalJson } from "../model/canonical.ts";
import type { Core, SandboxPlan } from "./core.ts";
import type { Posture, PostureSettings } from "./posture.ts";

/** The policy of each sandbox, by name, as one hash of 64 hexadecimal digits. */
export type PolicyHash = (name: string) => string;

interface Policy {
  readonly config: Config;
  readonly plan: SandboxPlan | undefined;
  readonly settings: PostureSettings | undefined;
}

/**
 * Of what is planned for a sandbox and of what is configured, as far as the quick checks compare with
 * it: when it changes, what they said before is about another policy.
 */
export function createPolicyHash({ planned, resolve }: Core, posture: Pick<Posture, "planned">): PolicyHash {
  /** Every command asks for it, and none of the three is ever altered in place. */
  const last = new Map<string, Policy & { readonly hash: string }>();
  return (name) => {
    const policy: Policy = { config: resolve().config, plan: planned.get(name), settings: posture.planned(name) };
    const before = last.get(name);
    if (before?.config === policy.config && before.plan === policy.plan && before.settings === policy.settings) return before.hash;
    const hash = hashOf(policy);
    last.set(name, { ...policy, hash });
    return hash;
  };
}

function hashOf({ config: { limits, mounts, posture }, plan, settings }: Policy): string {
  const text = canonicalJson({
    config: { limits, mounts, posture },
    plan: plan && { workdir: plan.request.workdir, binds: plan.mounts.binds, limits: plan.limits.limits },
    posture: settings && { user: settings.user, tmpfs: settings.tmpfs, ulimits: settings.ulimits, network: settings.network, seccomp: settings.seccomp },
  });
  return createHash("sha256").update(text).digest("hex");
}
