import { createHash } from "node:crypto";
import { canonicalJson } from "../model/canonical.ts";
import type { Core } from "./core.ts";
import type { Posture } from "./posture.ts";

/** The policy of each sandbox, by name, as one hash of 64 hexadecimal digits. */
export type PolicyHash = (name: string) => string;

/**
 * Of what is planned for a sandbox and of what is configured, as far as the quick checks compare with
 * it: when it changes, what they said before is about another policy.
 */
export function createPolicyHash({ planned, resolve }: Core, posture: Pick<Posture, "planned">): PolicyHash {
  return (name) => {
    const { limits, mounts, posture: configured } = resolve().config;
    const plan = planned.get(name);
    const settings = posture.planned(name);
    const text = canonicalJson({
      config: { limits, mounts, posture: configured },
      plan: plan && { workdir: plan.request.workdir, binds: plan.mounts.binds, limits: plan.limits.limits },
      posture: settings && { user: settings.user, tmpfs: settings.tmpfs, ulimits: settings.ulimits, network: settings.network, seccomp: settings.seccomp },
    });
    return createHash("sha256").update(text).digest("hex");
  };
}
