import { posix } from "node:path";

/**
 * What fortress itself makes below the state directory to be mounted: for each agent a folder with
 * the redacted configuration and the mountpoints of the state entries, and empty folders that cover
 * others. A mountpoint below a read-only mount has to be there before the container is made.
 */
export interface OwnFolders {
  /** Absent in the minimal profile. */
  readonly projection?: {
    readonly directory: string;
    /** Undefined for a sandbox that several agents share. */
    readonly agentId: string | undefined;
  };
  /** Every folder that has to exist, absolute. */
  readonly folders: readonly string[];
}

export function ownRoot(stateDir: string): string {
  return posix.join(stateDir, "fortress/mounts");
}

export function projectionFolder(stateDir: string, agentId: string | undefined): string {
  return posix.join(ownRoot(stateDir), agentId === undefined ? "shared" : `agents/${agentId}`);
}

/** An empty folder. */
export function emptyFolder(stateDir: string): string {
  return posix.join(ownRoot(stateDir), "cover/empty");
}

/** Stands in for `.openclaw` of a workspace; OpenClaw mounts the skills of the sandbox below it. */
export function workspaceCover(stateDir: string): string {
  return posix.join(ownRoot(stateDir), "cover/workspace");
}

export const SKILLS_MOUNTPOINT = "sandbox-skills/skills";
