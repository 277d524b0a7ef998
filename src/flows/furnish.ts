import { posix } from "node:path";
import { FortressError, textOf } from "../model/errors.ts";
import { type OwnFolders, ownRoot } from "../mounts/own-folders.ts";
import { project } from "../projection/project.ts";
import type { Core } from "./core.ts";

/** What fortress itself puts on disk to be mounted. */
export interface Furnishing {
  /**
   * Makes the folders that a plan mounts, with the redacted configuration as it is now.
   * @throws FortressError `projection-failed`
   */
  furnish(own: OwnFolders): void;
  /**
   * Brings every redacted configuration up to date, where the configuration changed.
   * @throws FortressError `projection-failed`
   */
  refresh(): void;
}

interface Projected {
  readonly agentId: string | undefined;
  /** Versions of the configuration that it was made from and of itself; unknown for what an earlier gateway made. */
  readonly versions?: { readonly source: string; readonly own: string | undefined };
}

const FILE = "openclaw.json";
const NO_CONFIGURATION = { text: "{}", version: "" };

export function createFurnishing({ edges: { folders, layout, configFile, stateDir } }: Core): Furnishing {
  const known = new Map<string, Projected>();
  let adopted = false;

  const write = (directory: string, agentId: string | undefined): void => {
    const file = posix.join(directory, FILE);
    const before = known.get(directory)?.versions;
    const now = folders.version(configFile) ?? NO_CONFIGURATION.version;
    if (before && before.source === now && before.own === folders.version(file)) return;
    const { text, version } = now === NO_CONFIGURATION.version ? NO_CONFIGURATION : folders.read(configFile);
    folders.replace(file, project(text, agentId));
    known.set(directory, { agentId, versions: { source: version, own: folders.version(file) } });
  };

  /** Sandboxes outlive the gateway: what was made before its start has to follow the configuration, too. */
  const adopt = (): void => {
    if (adopted) return;
    adopted = true;
    const root = ownRoot(layout.inspect(stateDir).real);
    for (const agentId of layout.list(posix.join(root, "agents"))) known.set(posix.join(root, "agents", agentId), { agentId });
    if (layout.inspect(posix.join(root, "shared")).kind === "directory") known.set(posix.join(root, "shared"), { agentId: undefined });
  };

  return {
    furnish: ({ folders: wanted, projection }) =>
      failing(() => {
        adopt();
        for (const path of wanted) folders.make(path);
        if (projection) write(projection.directory, projection.agentId);
      }),
    refresh: () =>
      failing(() => {
        adopt();
        for (const [directory, { agentId }] of known) write(directory, agentId);
      }),
  };
}

function failing(action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new FortressError("projection-failed", `the redacted configuration cannot be written (${textOf(cause)}).`, "Give the gateway's user a state directory that it may write, with space on its disk.", { cause });
  }
}
