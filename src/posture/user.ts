import type { Ownership } from "../model/ports.ts";
import type { PostureFacts, Refusal } from "./request.ts";

/** The uid that distroless images call nonroot; no distribution gives it to anyone. */
const NOBODY = 65_532;

export interface UserPlan {
  /** `UID:GID` for the engine; undefined leaves it to the engine, whose root is then not the host's. */
  readonly user: string | undefined;
  /** Who the workspace has to belong to, where that is not so already. */
  readonly handOver: { readonly uid: number; readonly gid: number } | undefined;
}

export interface UserDecision extends UserPlan {
  readonly refusals: readonly Refusal[];
}

/**
 * Who a sandbox runs as: never the host's root. A root gateway's workspace is handed over to a uid
 * that nobody else has; root reads and writes there as before. Folders of the operator's own are not
 * given away without being asked for.
 */
export function planUser({ config, request, gatewayUid, owner, ownWorkspace }: PostureFacts): UserDecision {
  const asked = config.user === "auto" ? request.user : config.user;
  if (asked !== undefined && !isRoot(asked)) {
    // Once it is handed over, OpenClaw itself asks for its owner; what the gateway puts there later is root's again.
    const ours = config.user !== "auto" || asked === `${NOBODY}:${NOBODY}`;
    return ours ? give(parse(asked)) : keep(asked);
  }
  const rootless = gatewayUid !== 0 && request.engine === "podman";
  // Where root owns the workspace, a rootless engine's own mapping to the gateway's user is right.
  if (rootless && (!owner || owner.uid === 0 || owner.gid === 0)) return keep(undefined);
  if (owner && owner.uid !== 0) return keep(`${owner.uid}:${owner.gid}`);
  return give({ uid: NOBODY, gid: NOBODY });

  function keep(user: string | undefined): UserDecision {
    return { user, handOver: undefined, refusals: [] };
  }

  /** Only root can give files away, and only a workspace that is written to has to be given. */
  function give(to: { uid: number; gid: number }): UserDecision {
    const user = `${to.uid}:${to.gid}`;
    if (gatewayUid !== 0 || request.workspaceAccess === "ro") return keep(user);
    if (ownWorkspace) return { user, handOver: to, refusals: [] };
    if (owner?.uid === to.uid) return keep(user);
    const refusal = { because: `the workspace ${request.workspaceDir} does not belong to uid ${to.uid}, as whom the sandbox runs because root must not`, remedy: `chown -R ${user} ${request.workspaceDir}, or set agents.*.workspace to a folder in the state directory, which is then handed over by itself.` };
    return { user, handOver: undefined, refusals: [refusal] };
  }
}

/** True when a folder may be entered and listed by this user, who has no group but their own. */
export function mayRead(uid: number, owner: Ownership): boolean {
  return (bitsFor(uid, owner) & 0o5) === 0o5;
}

/** True when this user may also put files into it. */
export function mayWrite(uid: number, owner: Ownership): boolean {
  return (bitsFor(uid, owner) & 0o7) === 0o7;
}

function bitsFor(uid: number, { uid: owner, mode }: Ownership): number {
  return uid === owner ? mode >> 6 : mode;
}

function isRoot(user: string | undefined): boolean {
  const name = user?.trim().split(":", 1)[0] ?? "";
  return name === "" || name === "root" || /^0+$/.test(name);
}

function parse(user: string): { uid: number; gid: number } {
  const [uid, gid = uid] = user.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}
