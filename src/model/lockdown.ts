/** Since when every sandbox is to stand still, and why. */
export interface LockdownState {
  /** ISO 8601; undefined when that can't be read any more. */
  readonly since: string | undefined;
  readonly because: string;
}

/** Outlives the gateway and is shared with the commands beside it. */
export interface LockdownFile {
  /** Undefined when nothing is locked. A file that is there and can't be understood means locked. */
  state(): LockdownState | undefined;
  lock(state: LockdownState): void;
  thaw(): void;
}
