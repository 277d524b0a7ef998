import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import { isSandboxed } from "./tool-gate.ts";
import { commandsAre, commandSeverity, isOutside } from "./ways-out.ts";

/** What OpenClaw keeps of a session, as far as it leads out of a sandbox. */
export interface SessionEntry {
  readonly sandboxMode?: unknown;
  readonly execHost?: unknown;
  readonly elevatedLevel?: unknown;
}

/** The sessions of an agent. Both may throw what the store says. */
export interface Sessions {
  list(agentId: string): readonly { readonly sessionKey: string; readonly entry: SessionEntry }[];
  get(agentId: string, sessionKey: string): SessionEntry | undefined;
}

export function gatewaySessions({ runtime }: Pick<OpenClawPluginApi, "runtime">): Sessions {
  return {
    list: (agentId) => runtime.agent.session.listSessionEntries({ agentId }),
    get: (agentId, sessionKey) => runtime.agent.session.getSessionEntry({ agentId, sessionKey }),
  };
}

/** True where an administrator switched one chat off its sandbox (`sessions.patch`): then OpenClaw does all of it on the host. */
export function isSwitchedOff({ get }: Pick<Sessions, "get">, agentId: string, sessionKey: string): boolean {
  try {
    return get(agentId, sessionKey)?.sandboxMode === "off";
  } catch {
    // Of which nothing is known may be.
    return true;
  }
}

/** Sessions that were told to leave the sandbox that their agent's configuration puts them into. */
export function sessionFindings(config: Parameters<typeof isSandboxed>[0] & Parameters<typeof commandSeverity>[0], agentIds: readonly string[], sessions: Pick<Sessions, "list">): Finding[] {
  const findings: Finding[] = [];
  for (const agentId of agentIds) {
    try {
      const out = sessions
        .list(agentId)
        .filter(({ sessionKey }) => isSandboxed(config, agentId, sessionKey))
        .flatMap(({ sessionKey, entry }) => switchesOf(entry).map((what) => `${sessionKey} (${what})`));
      if (out.length > 0) findings.push({ id: "host.session-outside", severity: commandSeverity(config), detail: `Sessions of ${agentId} were told to leave their sandbox: ${out.join(", ")}. ${commandsAre(config)}`, remedy: 'In each: /elevated off and /exec host=auto; sandboxMode: openclaw gateway call sessions.patch --params \'{"key":"<session>","sandboxMode":null}\'' });
    } catch (error) {
      findings.push({ id: "host.sessions-unseen", severity: "warn", detail: `Whether sessions of ${agentId} were told to leave their sandbox can't be read: ${textOf(error)}`, remedy: "openclaw doctor" });
    }
  }
  return findings;
}

function switchesOf({ sandboxMode, execHost, elevatedLevel }: SessionEntry): string[] {
  return [
    ...(sandboxMode === "off" ? ["sandboxMode: off"] : []),
    ...(isOutside(execHost) ? [`execHost: ${String(execHost)}`] : []),
    ...(typeof elevatedLevel === "string" && elevatedLevel !== "off" ? [`elevatedLevel: ${elevatedLevel}`] : []),
  ];
}
