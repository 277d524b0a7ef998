import { type CounterFile, counterFile } from "./counter-file.ts";

/** What a process that watches the sandboxes of a gateway leaves for processes beside it. */
export interface SignOfLife {
  /** Says that this process watches them. Never throws: who can't tell is taken for one that does not. */
  leave(): void;
  /** Takes back what this one left, unless another one came after it. */
  withdraw(): void;
  /** True where a process that lives left one not long ago. */
  isFresh(): boolean;
}

export interface SignEdge {
  readonly pid: number;
  readonly boot: string;
  /** Milliseconds of CLOCK_MONOTONIC, which is the same for all processes of a boot. */
  now(): number;
  /** Tells a process from a later one with the same pid; undefined when there is none. */
  processIdentity(pid: number): string | undefined;
}

interface Sign {
  readonly pid: number;
  readonly identity: string | undefined;
  readonly boot: string;
  readonly at: number;
}

/** Longer than two sweeps. */
const EXPIRY_MS = 11 * 60_000;

export function createSignOfLife(path: string, { pid, boot, now, processIdentity }: SignEdge, file: Pick<CounterFile, "read" | "write"> = counterFile(path)): SignOfLife {
  let left: string | undefined;
  const attempt = (text: string): void => {
    try {
      file.write(text);
      left = text;
    } catch {
      // A full disk; the next sweep tries again.
    }
  };
  return {
    leave() {
      const sign: Sign = { pid, identity: processIdentity(pid), boot, at: now() };
      attempt(JSON.stringify(sign));
    },
    withdraw() {
      if (left !== undefined && file.read() === left) attempt("");
    },
    isFresh() {
      const sign = understand(file.read());
      return sign !== undefined && sign.boot === boot && now() - sign.at < EXPIRY_MS && sign.identity !== undefined && processIdentity(sign.pid) === sign.identity;
    },
  };
}

function understand(text: string | undefined): Sign | undefined {
  try {
    const { pid, identity, boot, at } = JSON.parse(text ?? "") as Partial<Record<keyof Sign, unknown>>;
    return typeof pid === "number" && typeof identity === "string" && typeof boot === "string" && typeof at === "number" ? { pid, identity, boot, at } : undefined;
  } catch {
    return undefined;
  }
}
