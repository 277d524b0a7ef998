import type { HealthReport } from "../model/gateway.ts";
import { type AddCommand, type CliContext, EXIT, type ExitCode, run } from "./command.ts";
import { printable } from "./printable.ts";

export const addHealth: AddCommand = (parent, context) => {
  parent
    .command("health")
    .description("Asks the gateway from outside whether it lives")
    .option("--heal", "count the failure, and restart the gateway's service when that is due; for the timer")
    .option("--json", "print the report as JSON")
    .action((options: HealthOptions) => runHealth(context, options));
};

export interface HealthOptions {
  readonly heal?: boolean;
  readonly json?: boolean;
}

export function runHealth(context: Pick<CliContext, "health" | "terminal" | "exit">, { heal = false, json = false }: HealthOptions): Promise<void> {
  return run(context, { json }, async () => {
    const report = await context.health({ heal });
    context.terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : `${renderHealth(report)}\n`);
    return exitOf(report, heal);
  });
}

/** A gateway that is not there is 1 whoever stopped it; but the timer's service must not fail every three minutes for what somebody means. */
function exitOf({ state, decision }: HealthReport, heal: boolean): ExitCode {
  if (state === "live" || (heal && decision.meant)) return EXIT.ok;
  return state === "unknown" || state === "foreign" ? EXIT.unknown : EXIT.failed;
}

function renderHealth({ state, because, readiness, decision, outcome, evidence }: HealthReport): string {
  const lines = [`${state}: ${because}`];
  if (readiness && !readiness.ready) lines.push(`! Not ready: ${readiness.failing.join(", ") || "it does not say why"}.`);
  if (decision.action !== "none" && decision.because !== because) lines.push(`${decision.action}: ${decision.because}`);
  if (outcome !== undefined) lines.push(`${decision.action === "restart" ? "restarted:" : "!"} ${outcome}`);
  if (evidence !== undefined) lines.push(`What was seen is kept in ${evidence}`);
  return lines.map(printable).join("\n");
}
