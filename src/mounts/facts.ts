import type { Layout } from "../model/ports.ts";
import type { AccessMode, EngineId, KernelMount } from "../model/sandbox.ts";
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
  readonly engine: EngineId;
  /** What OpenClaw mounts the workspace at, usually `/workspace`. */
  readonly workdir: string;
  readonly operatorBinds: readonly string[];
  /** Binds of the browser container where they are not those of the sandbox. */
  readonly browserBinds: readonly string[] | undefined;
  /** The operator's own `dangerouslyAllowExternalBindSources`. */
  readonly externalBindsAllowed: boolean;
  /** The operator's own `dangerouslyAllowReservedContainerTargets`. */
  readonly reservedTargetsAllowed: boolean;
  /** Where the engine says that it keeps images and containers. */
  readonly storage: readonly string[];
  /** The gateway has no other agent: what belongs to every agent is this one's. */
  readonly soleAgent: boolean;
  readonly profile: MountProfile;
  /** The gateway's own mounts: a directory may have further names through them. */
  readonly hostMounts: readonly KernelMount[];
}

/** `standard`: what the table says. `minimal`: the workspace only. */
export interface MountProfile {
  readonly name: "standard" | "minimal";
  readonly add: readonly AddedMount[];
}

export interface AddedMount {
  readonly source: string;
  readonly target: string;
  readonly mode: AccessMode;
  readonly purpose: string;
}
