import type { CliContext, Terminal } from "../cli/command.ts";
import { checkHealth } from "../flows/health.ts";
import { healthEdges } from "./health-edges.ts";

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
  colour: process.stdout.isTTY && process.env.NO_COLOR === undefined,
};

/** What a command needs that looks at the gateway only; it loads nothing of the rest. */
export function healthContext(): Pick<CliContext, "health" | "terminal" | "exit"> {
  return { health: (options) => checkHealth(healthEdges(), options), terminal, exit: (code) => void (process.exitCode = code) };
}
