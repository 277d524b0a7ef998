import type { Outcome } from "../model/check.ts";

/** A network that the configuration asks for is the operator's decision: shown, and no failure. */
export function unlessAsked(outcome: Outcome, network: string | undefined): Outcome {
  if (outcome.state !== "fail" || network === undefined || !isName(network)) return outcome;
  return { ...outcome, severity: "info", evidence: `${outcome.evidence}, as sandbox.docker.network: ${network} asks for` };
}

/** Of a bridge or of a network of the operator's; the rest is none, the host's or another container's. */
export function isName(network: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(network) && !["none", "host", "private", "default"].includes(network);
}
