import type { EngineId } from "../model/sandbox.ts";

/** What OpenClaw's `sandbox.docker` asks for, as far as it decides the posture. */
export interface PostureRequest {
  readonly engine: EngineId;
  /** By OpenClaw's own rule the owner of the workspace, where the operator names nobody. */
  readonly user: string | undefined;
  readonly readOnlyRoot: boolean;
  readonly capDrop: readonly string[];
  readonly tmpfs: readonly string[];
  readonly network: string | undefined;
  readonly seccompProfile: string | undefined;
  readonly ulimits: Readonly<Record<string, unknown>>;
  /** The container's environment as the operator set it. */
  readonly env: Readonly<Record<string, string>>;
  readonly gpus: string | undefined;
  /** Those of OpenClaw's `dangerouslyAllow…` switches that are on. */
  readonly switches: readonly string[];
  readonly workspaceDir: string;
  readonly workspaceAccess: "none" | "ro" | "rw";
}

export interface PostureConfig {
  /** `hardened`, `engine` or an absolute path. */
  readonly seccomp: string;
  /** `auto` or `UID[:GID]`. */
  readonly user: string;
  /** Bytes. */
  readonly tmpfs: number;
  readonly network: { readonly allow: readonly string[] };
}

/** Everything that a posture plan depends on. */
export interface PostureFacts {
  readonly request: PostureRequest;
  readonly config: PostureConfig;
  readonly gatewayUid: number;
  /** Who owns the workspace; undefined when that can't be read. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** True when the workspace lies in OpenClaw's state directory, where nobody else's files are. */
  readonly ownWorkspace: boolean;
  /** The gateway's own hard limit of open files: nobody without privileges can give more. */
  readonly openFiles: number;
  /** Reads a text file; undefined when it is not there. */
  readonly readText: (path: string) => string | undefined;
}

export const CONFIG_KEY = "plugins.entries.fortress.config.posture";
export const DOCKER_KEY = "agents.*.sandbox.docker";

/** Why a sandbox can't be made: what is wrong, and what helps. */
export interface Refusal {
  readonly because: string;
  readonly remedy: string;
}
