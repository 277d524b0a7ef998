import type { CliContext, Terminal } from "../cli/command.ts";
import { checkHealth } from "../flows/health.ts";
import { healthEdges } from "./health-edges.ts";

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
  colour: showsColours(process.stdout.isTTY, process.env.NO_COLOR),
  // Some terminals don't say, and tell 0.
  columns: process.stdout.columns || undefined,
};

/** By no-color.org: any value but the empty one turns them off. */
export function showsColours(isTerminal: boolean, noColor: string | undefined): boolean {
  return isTerminal && (noColor ?? "") === "";
}

/** What a command needs that looks at the gateway only; it loads nothing of the rest. */
export function healthContext(): Pick<CliContext, "health" | "terminal" | "exit"> {
  return { health: (options) => checkHealth(healthEdges(), options), terminal, exit: (code) => void (process.exitCode = code) };
}
