import type { Layout } from "../model/ports.ts";
import type { Places } from "./reach.ts";

/** Everything that the mount plan of one sandbox depends on. */
export interface MountFacts {
  readonly layout: Layout;
  /** As configured: the path at which the sandbox sees it. */
  readonly stateDir: string;
  readonly places: Places;
  /** The gateway user's HOME, canonical. */
  readonly home: string;
  readonly workspace: {
    readonly access: "none" | "ro" | "rw";
    /** What OpenClaw mounts at the working directory. */
    readonly dir: string;
    readonly agentDir: string;
    readonly skillsDir: string | undefined;
  };
  readonly operatorBinds: readonly string[];
  /** The operator's own `dangerouslyAllowExternalBindSources`. */
  readonly externalBindsAllowed: boolean;
}
