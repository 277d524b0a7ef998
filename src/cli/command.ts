import type { Command } from "commander";
import type { ServiceFlow } from "../flows/service.ts";
import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { HealthReport } from "../model/gateway.ts";

/** What the exit code of every command says. */
export const EXIT = {
  /** Done, and everything that was looked at holds. */
  ok: 0,
  /** Something does not hold, or a part of the work failed; the output says what. */
  failed: 1,
  /** Not done: wrong usage, wrong configuration or a missing part of the system. */
  refused: 2,
  /** Something could not be looked at. */
  unknown: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** A person reads `err`: progress may be shown there. */
  readonly interactive: boolean;
  /** `out` is shown on a terminal that has colours. */
  readonly colour?: boolean;
  /** How wide the terminal is that shows `out`; absent where it is none, as a pipe. */
  readonly columns?: number | undefined;
}

export interface CliContext {
  readonly fortress: Fortress;
  readonly hostFacts: () => HostFacts;
  /** Looks at the gateway from outside, and does what is due with `heal`. */
  readonly health: (options: { readonly heal: boolean }) => Promise<HealthReport>;
  readonly service: () => ServiceFlow;
  /** Tells the operator what a run of a timer found; never rejects. */
  readonly notify: (findings: readonly Finding[]) => Promise<void>;
  /** Every way to the operator that this process has; `send` tries it. */
  readonly notifyRoutes: () => readonly { readonly kind: string; readonly send: () => Promise<void> }[];
  readonly terminal: Terminal;
  exit(code: ExitCode): void;
}

/** Adds one command with its options and help below `parent`. */
export type AddCommand = (parent: Command, context: CliContext) => void;

/** Runs one command: its errors become one message with a remedy, or one JSON object, and an exit code. */
export async function run({ terminal, exit }: Pick<CliContext, "terminal" | "exit">, { json }: { readonly json?: boolean }, action: () => Promise<ExitCode>): Promise<void> {
  try {
    exit(await action());
  } catch (error) {
    const { code, message, remedy } = error instanceof FortressError ? error : { code: "internal", message: textOf(error), remedy: "Try again; if it stays so, report it with this message." };
    if (json) terminal.out(`${JSON.stringify({ error: { code, message, remedy } }, null, 2)}\n`);
    else terminal.err(`error: ${message}\n  → ${remedy}\n`);
    exit(EXIT.refused);
  }
}
