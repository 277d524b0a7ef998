import type { NativeLimits } from "../limits/plan.ts";

/** What OpenClaw's configuration asks for the sandbox of one agent. */
export interface AgentSettings {
  readonly access: "none" | "ro" | "rw";
  readonly workdir: string;
  readonly binds: readonly string[];
  readonly externalBindsAllowed: boolean;
  readonly reservedTargetsAllowed: boolean;
  readonly nativeLimits: NativeLimits;
}
