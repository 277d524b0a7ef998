import type { Answer, Liveness, ProbeResponse } from "../model/gateway.ts";

/** What an answer to `/healthz` says of the gateway at a port. Only its own JSON counts as life. */
export function classify(response: ProbeResponse, port: number): Answer {
  const answer = (liveness: Liveness, because: string): Answer => ({ liveness, because });
  switch (response.kind) {
    case "refused":
      return answer("down", `Nothing listens on port ${port}.`);
    case "reset":
      return answer("down", `The connection to port ${port} was closed without an answer.`);
    case "timeout":
      return answer("down", `Port ${port} accepts connections but gives no answer.`);
    case "failed":
      return answer("down", `Port ${port} can't be asked (${response.code}).`);
    case "answer":
      break;
  }
  const { status, body } = response;
  const said = parseObject(body);
  if (status === 200 && said?.ok === true && said.status === "live") return answer("live", "The gateway answers.");
  if (said && (said.status === "starting" || said.status === "draining")) return answer(said.status, `The gateway says that it is ${said.status}.`);
  // A gateway that can't serve even this still answers in JSON.
  if (said && status >= 500) return answer("down", `The gateway answers with status ${status}.`);
  return answer("foreign", `What answers on port ${port} (status ${status}) is not an OpenClaw gateway, or one without /healthz.`);
}

export interface Readiness {
  readonly ready: boolean;
  /** What it says is failing; names only. */
  readonly failing: readonly string[];
}

/** What `/readyz` says; undefined when that is nothing. It is reported and never acted on. */
export function readinessOf(response: ProbeResponse): Readiness | undefined {
  if (response.kind !== "answer") return undefined;
  const said = parseObject(response.body);
  if (typeof said?.ready !== "boolean") return undefined;
  const failing = Array.isArray(said.failing) ? (said.failing as unknown[]).filter((each) => typeof each === "string") : [];
  return { ready: said.ready, failing: failing.slice(0, 20).map((each) => each.slice(0, 80)) };
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
