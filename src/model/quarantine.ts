import type { EngineId } from "./sandbox.ts";

/** A container that is not to be used again, for as long as it exists. */
export interface Quarantined {
  readonly engine: EngineId;
  /** Full. */
  readonly id: string;
  readonly name: string;
  /** OpenClaw's key of whom the sandbox is for; absent where no sandbox is made under one, as for a browser. */
  readonly scope?: string;
  /** ISO 8601. */
  readonly since: string;
  readonly because: string;
}

/** Outlives the gateway. */
export interface QuarantineFile {
  readonly path: string;
  /** Undefined when a file is there and can't be understood. */
  read(): readonly Quarantined[] | undefined;
  write(all: readonly Quarantined[]): void;
}
