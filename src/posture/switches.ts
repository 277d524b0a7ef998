import type { Finding } from "../model/finding.ts";
import { CONFIG_KEY, DOCKER_KEY, type PostureFacts, type Refusal } from "./request.ts";

/** What of OpenClaw's own sandbox settings would open the sandbox: refused where nothing else would hold, else a finding. */
export function judgeSettings({ request, config }: PostureFacts): { refusals: Refusal[]; findings: Finding[] } {
  const refusals: Refusal[] = [];
  const findings: Finding[] = [];
  const refuse = (key: string, value: unknown, because: string, remedy: string): void => {
    refusals.push({ because: `${DOCKER_KEY}.${key}: ${JSON.stringify(value)} ${because}`, remedy });
  };

  if (!request.readOnlyRoot) refuse("readOnlyRoot", false, "makes the sandbox's own system writable", "Remove it; programs belong into the image, files into the workspace.");
  if (!request.capDrop.some((name) => name.toUpperCase() === "ALL")) refuse("capDrop", request.capDrop, "leaves the sandbox capabilities", 'Remove it, or set it to ["ALL"].');

  const network = networkOf(request);
  if (!config.network.allow.includes(network)) {
    refuse("network", network, `is not one of the networks that ${CONFIG_KEY}.network.allow names (${config.network.allow.join(", ") || "none at all"})`, remedyFor(network));
  }

  const gpus = request.gpus?.trim();
  if (gpus) {
    findings.push({ id: "posture.gpus", severity: "warn", detail: `${DOCKER_KEY}.gpus: "${gpus}" gives sandboxes devices of the host and their drivers.`, remedy: "Remove it from agents that don't compute on them." });
  }
  for (const name of request.switches) {
    findings.push({ id: "posture.dangerous-switch", severity: "warn", detail: `${DOCKER_KEY}.${name} is on.`, remedy: "Remove it; fortress needs none of these switches." });
  }
  return { refusals, findings };
}

export const NO_NETWORK = "none";

/** The network that OpenClaw makes a sandbox with, by its own default. */
export function networkOf({ network }: { readonly network?: string | undefined }): string {
  return network?.trim() || NO_NETWORK;
}

function remedyFor(network: string): string {
  // These join what is outside the sandbox, or carry options; a name can't be one of them.
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(network) || ["host", "private", "default", "pasta", "slirp4netns"].includes(network)) {
    return 'Use "none", "bridge", or a network that you made and named.';
  }
  return `Use "none", or add ${JSON.stringify(network)} to ${CONFIG_KEY}.network.allow.`;
}
