import type { UnitFacts } from "../model/gateway.ts";

/** What is asked of `systemctl show`. */
export const UNIT_PROPERTIES = ["LoadState", "ActiveState", "Result", "MainPID", "ControlGroup", "ExecMainCode", "ExecMainStatus", "InvocationID", "NRestarts", "ActiveEnterTimestampMonotonic", "Environment", "ExecStart"] as const;

const STATES: readonly string[] = ["active", "inactive", "failed", "activating", "deactivating", "reloading", "maintenance"];
/** `CLD_EXITED`, as systemd writes it. */
const EXITED = "1";

/**
 * Reads `systemctl show`; undefined when the unit is not there or the answer is none. A word of its
 * environment may be a secret: only the port is taken out.
 *
 * @param monotonicNow milliseconds of CLOCK_MONOTONIC
 */
export function readUnit(name: string, output: string, monotonicNow: number): UnitFacts | undefined {
  const properties = new Map(output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const active = properties.get("ActiveState") ?? "";
  if (properties.get("LoadState") !== "loaded" || !STATES.includes(active)) return undefined;
  const since = Number(properties.get("ActiveEnterTimestampMonotonic")) / 1_000;
  return {
    name,
    active: active as UnitFacts["active"],
    result: properties.get("Result") ?? "",
    pid: Number(properties.get("MainPID")) || 0,
    group: properties.get("ControlGroup") ?? "",
    invocation: /^[0-9a-f]{32}$/.exec(properties.get("InvocationID") ?? "")?.[0],
    exitStatus: properties.get("ExecMainCode") === EXITED ? Number(properties.get("ExecMainStatus")) : undefined,
    restarts: Number(properties.get("NRestarts")) || 0,
    activeForMs: active === "active" && since > 0 ? Math.max(0, monotonicNow - since) : undefined,
    port: portOf(properties.get("ExecStart") ?? "", properties.get("Environment") ?? ""),
  };
}

/** The command line beats the environment, as in OpenClaw. */
function portOf(execStart: string, environment: string): number | undefined {
  const digits = /\s--port[= ]"?(\d{1,5})\b/.exec(execStart)?.[1] ?? /(?:^|\s)"?OPENCLAW_GATEWAY_PORT=(\d{1,5})\b/.exec(environment)?.[1];
  const port = Number(digits);
  return port > 0 && port <= 65_535 ? port : undefined;
}
