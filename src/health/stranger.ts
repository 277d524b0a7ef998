import type { ListeningSocket, UnitFacts } from "../model/gateway.ts";

/**
 * Who else than the service has the gateway's port, so that no restart gets it back. Undefined where
 * nobody has it, the service has, or it can't be told who.
 */
export function strangerOn(sockets: readonly ListeningSocket[], unit: UnitFacts): string | undefined {
  const strangers = sockets.map((socket) => strangerOf(socket, unit));
  return strangers.includes(undefined) ? undefined : strangers[0];
}

function strangerOf({ own, holders }: ListeningSocket, unit: UnitFacts): string | undefined {
  if (!own) return "a process of another user";
  // A manager that keeps no account of its processes can't tell them from others.
  if (unit.group === "" && unit.pid !== 0) return undefined;
  // A socket may have several holders, such as a manager that opened it for the service.
  if (holders.some((holder) => holder.pid === unit.pid || holder.groups === "" || isIn(unit.group, holder.groups))) return undefined;
  const [holder] = holders;
  if (holder) return `process ${holder.pid} (${holder.name})`;
  return unit.group === "" ? `some process, while ${unit.name} has none` : undefined;
}

/** By the last part of its path: what stands before it depends on the namespace of who looks. */
function isIn(group: string, groups: string): boolean {
  const name = group.split("/").at(-1) ?? "";
  return name !== "" && groups.split(/[/\n]/).includes(name);
}
