import type { Gateway } from "../gateway.ts";

export type Verdict = "HELD" | "WARN" | "FAIL";

export interface Answer {
  readonly verdict: Verdict;
  readonly detail: string;
}

/** One attack, tried in the sandbox. */
export interface InsideRow {
  readonly id: string;
  readonly group: Group;
  /** What must be seen where the sandbox is hardened. */
  readonly hardened: string;
  /**
   * POSIX sh, run as the agent. It calls `held`, `warn` or `fail` with what it saw; no call is a FAIL.
   * Has $STATE (the state directory), $NEEDLE_A and $NEEDLE_B (the canary in two pieces), $TOKEN_A and
   * $TOKEN_B (the gateway's), $PORT, and python3 with `from probe import *`.
   */
  readonly attempt: string;
}

export type Group = "filesystem" | "secrets" | "config" | "resource" | "privilege" | "network" | "host-deputy";

/** What the kernel and the engine know of the sandbox, looked at from outside. */
export interface Outside {
  readonly pid: number;
  readonly inspect: Inspect;
  /** The workspace on the host. */
  readonly workspace: string;
  readonly runtimeVersion: string;
}

/** The fields of `inspect` that Podman and Docker share. */
export interface Inspect {
  readonly Id: string;
  readonly State: { readonly Pid: number };
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string }[];
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly Env: readonly string[] };
  readonly HostConfig: { readonly Memory: number; readonly LogConfig: { readonly Type: string; readonly Config?: Readonly<Record<string, string>> | null } };
}

/** One attack whose effect only the host sees. */
export interface OutsideRow {
  readonly id: string;
  readonly group: Group;
  readonly hardened: string;
  readonly look: (outside: Outside) => Answer;
}

export interface Target {
  readonly stateDir: string;
  readonly canary: string;
  readonly token: string;
  readonly port: number;
}

export function targetOf(gateway: Gateway, canary: string): Target {
  const { stateDir, token, port } = gateway;
  return { stateDir, canary, token, port };
}
