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
  const configured = config.user === "auto" ? undefined : parse(config.user);
  const asked = isRoot(request.user) ? undefined : request.user;
  if (!configured && asked !== undefined) return { user: asked, handOver: undefined };
  // A rootless engine maps its root to the gateway's own user, and `keep-id` is better still.
  if (!configured && gatewayUid !== 0 && request.engine === "podman") return { user: undefined, handOver: undefined };
  const chosen = configured ?? (owner && owner.uid !== 0 ? owner : { uid: NOBODY, gid: NOBODY });
  const differs = owner?.uid !== chosen.uid;
  return { user: `${chosen.uid}:${chosen.gid}`, handOver: gatewayUid === 0 && differs && request.workspaceAccess !== "ro" ? chosen : undefined };
}

function isRoot(user: string | undefined): boolean {
  const name = user?.trim().split(":", 1)[0] ?? "";
  return name === "" || name === "root" || /^0+$/.test(name);
}

function parse(user: string): { uid: number; gid: number } {
  const [uid, gid = uid] = user.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}
