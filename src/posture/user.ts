import type { Ownership } from "../model/ports.ts";
import type { PostureFacts } from "./request.ts";

/** The uid that distroless images call nonroot; no distribution gives it to anyone. */
const NOBODY = 65_532;

export interface UserPlan {
  /** `UID:GID` for the engine; undefined leaves it to the engine, whose root is then not the host's. */
  readonly user: string | undefined;
  /** Who the workspace has to belong to, where that is not so already. */
  readonly handOver: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * Who a sandbox runs as: never the host's root. A root gateway's workspace is handed over to a uid
 * that nobody else has; root reads and writes there as before.
 */
export function planUser({ config, request, gatewayUid, owner }: PostureFacts): UserPlan {
  const asked = config.user === "auto" ? request.user : config.user;
  if (asked !== undefined && !isRoot(asked)) {
    // Once it is handed over, OpenClaw itself asks for its owner; what the gateway puts there later is root's again.
    const ours = config.user !== "auto" || asked === `${NOBODY}:${NOBODY}`;
    return { user: asked, handOver: ours ? handOver(parse(asked)) : undefined };
  }
  const rootless = gatewayUid !== 0 && request.engine === "podman";
  // Where root owns the workspace, a rootless engine's own mapping to the gateway's user is right.
  if (rootless && (!owner || owner.uid === 0 || owner.gid === 0)) return { user: undefined, handOver: undefined };
  if (owner && owner.uid !== 0) return { user: `${owner.uid}:${owner.gid}`, handOver: undefined };
  return { user: `${NOBODY}:${NOBODY}`, handOver: handOver({ uid: NOBODY, gid: NOBODY }) };

  /** Only root can give files away, and only a workspace that is written to has to be given. */
  function handOver(to: { uid: number; gid: number }): UserPlan["handOver"] {
    return gatewayUid === 0 && request.workspaceAccess !== "ro" ? to : undefined;
  }
}

/** True when a folder may be entered and listed by this user, who has no group but their own. */
export function mayRead(uid: number, { uid: owner, mode }: Ownership): boolean {
  const bits = uid === owner ? mode >> 6 : mode;
  return (bits & 0o5) === 0o5;
}

function isRoot(user: string | undefined): boolean {
  const name = user?.trim().split(":", 1)[0] ?? "";
  return name === "" || name === "root" || /^0+$/.test(name);
}

function parse(user: string): { uid: number; gid: number } {
  const [uid, gid = uid] = user.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}
