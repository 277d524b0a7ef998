import type { StepRecord } from "../model/maintenance.ts";
import { outcomeWords } from "../report/maintenance.ts";
import { type AddCommand, type CliContext, EXIT, type ExitCode, run } from "./command.ts";
import { printable } from "./printable.ts";

interface Options {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly only?: string;
  readonly timer?: boolean;
  readonly gateway?: boolean;
}

export const addMaintenance: AddCommand = (parent, context) => {
  parent
    .command("maintenance")
    .description("Does what is due once a day: makes a backup where none was made, clears away what is left over, checks the logs, searches for leaked secrets")
    .option("--only <step>", "do this step only")
    .option("--list", "name the steps, and do nothing")
    .option("--timer", "only when the gateway does not do it; for the timer")
    .option("--gateway", "for the gateway itself, which hands its configuration over on standard input")
    .option("--json", "print the result as JSON")
    .action((options: Options) => run(context, options, () => maintain(context, options)));
};

async function maintain(context: CliContext, { json, list, only, timer, gateway }: Options): Promise<ExitCode> {
  const { fortress, terminal, hostFacts } = context;
  const { maintenance } = fortress;
  const say = (result: unknown, text: string): void => terminal.out(json ? `${JSON.stringify(result, null, 2)}\n` : `${text}\n`);
  if (list) {
    say({ steps: maintenance.steps.map(({ id, title }) => ({ id, title })) }, maintenance.steps.map(({ id, title }) => `${id.padEnd(11)} ${title}`).join("\n"));
    return EXIT.ok;
  }
  const reason = timer ? await unneeded(context) : undefined;
  if (reason !== undefined) {
    say({ done: false, because: reason }, reason);
    return EXIT.ok;
  }
  const done = await maintenance.run(hostFacts, only === undefined ? {} : { only });
  if (!done) {
    const because = "Nothing was done: another process is at it.";
    say({ done: false, because }, because);
    return timer || gateway ? EXIT.ok : EXIT.refused;
  }
  // Where the gateway runs, it tells of what it reads in the status.
  if (timer) await context.notify(maintenance.findings());
  say({ done: true, steps: done }, done.map(render).join("\n"));
  if (done.some(({ outcome, findings }) => outcome === "failed" || findings.some(({ severity }) => severity === "critical"))) return EXIT.failed;
  return done.some(({ outcome }) => outcome === "partial") ? EXIT.unknown : EXIT.ok;
}

/** A gateway that lives does it itself, unless it evidently does not. */
async function unneeded({ fortress: { maintenance }, health }: CliContext): Promise<string | undefined> {
  if (!maintenance.isDue()) return "Nothing is due.";
  if (maintenance.isOverdue()) return undefined;
  const { state } = await health({ heal: false });
  return state === "down" ? undefined : `The gateway does it itself (it is ${state}).`;
}

function render({ id, outcome, detail, findings }: StepRecord): string {
  const lines = [`${outcome === "well" ? "·" : outcome === "failed" ? "✗" : "!"} ${id.padEnd(11)} ${outcomeWords(outcome)}: ${detail}`];
  for (const each of findings) lines.push(`    ${each.detail}`, `      → ${each.remedy}`);
  return lines.map(printable).join("\n");
}
