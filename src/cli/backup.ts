import type { Command } from "commander";
import type { Backups, JobOptions } from "../flows/backup.ts";
import type { DrillResult, Progress, RestoreResult } from "../model/backup-results.ts";
import { FortressError } from "../model/errors.ts";
import { renderCreated, renderDrill, renderPruned, renderRestored, renderSets, renderVerified } from "../report/backup.ts";
import { type AddCommand, type CliContext, EXIT, type ExitCode, run, type Terminal } from "./command.ts";
import { printable } from "./printable.ts";

/** A person who waits may as well wait for the run that the gateway began. */
const WAIT_MS = 30_000;
const BAR = 24;
/** The process that does the work is no child of the terminal: unless it is told, it goes on unseen. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface Options {
  readonly json?: boolean;
  readonly from?: string;
  readonly identity?: string;
  readonly to?: string;
  readonly intoPlace?: boolean;
  readonly drill?: boolean;
  readonly only?: string;
  readonly dryRun?: boolean;
}

const HELP = `
A set holds the state directory as one moment had it: databases through SQLite, each copy read back by a
second process. What is left out stands in the set's manifest.json, with the reason.
Exit codes: 0 done and verified, 1 done but something is missing or damaged, 2 not done.`;

export const addBackup: AddCommand = (parent, context) => {
  const backup = parent.command("backup").description("Backups of the gateway's state, and their way back").addHelpText("after", HELP);
  const add = <T>(command: Command, action: (backups: Backups, options: Options, job: JobOptions, argument?: string) => Promise<T> | T, render: (result: T, options: Options) => string, exitOf: (result: T) => ExitCode): void => {
    command.option("--json", "print the result as JSON").action((...args: unknown[]) => {
      const [argument, options] = typeof args[0] === "string" || args[0] === undefined ? [args[0], args[1] as Options] : [undefined, args[0] as Options];
      return run(context, options, () => perform(context, options, argument, action, render, exitOf));
    });
  };
  const from = (command: Command): Command => command.option("--from <directory>", "a directory of sets other than the configured one");
  const identity = (command: Command): Command => command.option("--identity <file>", "age identities, for encrypted sets");

  add(backup.command("create").description("Makes a backup now"), (backups, _, job) => backups.create(context.hostFacts, "asked for by command", job), renderCreated, ({ set, afterwards, unfinished }) => (set.status === "verified" && afterwards === undefined && unfinished === undefined ? EXIT.ok : EXIT.failed));
  add(from(backup.command("list").description("Shows every set, the newest first")), async (backups, _, job) => (await backups.list(context.hostFacts, job)).toReversed(), renderSets, (sets) => (sets.some(({ status }) => status === "unreadable") ? EXIT.failed : EXIT.ok));
  add(from(backup.command("verify").argument("[set]", "the newest verified one by default").description("Reads every file of a set and asks its databases")), (backups, _, job, set) => backups.verify(context.hostFacts, set, job), renderVerified, ({ damage, status }) => (damage.length === 0 && status === "verified" ? EXIT.ok : EXIT.failed));
  add(
    identity(from(backup.command("restore").argument("[set]", "the newest verified one by default").description("Restores a set, or one file of it")))
      .option("--to <directory>", "to a directory that is not there yet")
      .option("--into-place", "in place of what a stopped gateway has; that is kept aside")
      .option("--drill", "to scratch: reads everything back, and removes it again")
      .option("--only <file>", "one file, as the manifest names it, for example state/openclaw.sqlite"),
    (backups, options, job, set) => restore(context, backups, options, job, set),
    (result) => ("outcome" in result ? renderDrill(result) : renderRestored(result)),
    (result) => ("outcome" in result && result.outcome === "failed" ? EXIT.failed : EXIT.ok),
  );
  add(backup.command("prune").option("--dry-run", "only show what would go, and why").description("Removes the sets that have no place any more"), (backups, { dryRun = false }, job) => backups.prune(context.hostFacts, { dryRun }, job), renderPruned, () => EXIT.ok);
};

async function perform<T>(context: CliContext, options: Options, argument: string | undefined, action: (backups: Backups, options: Options, job: JobOptions, argument?: string) => Promise<T> | T, render: (result: T, options: Options) => string, exitOf: (result: T) => ExitCode): Promise<ExitCode> {
  const { terminal } = context;
  const progress = createProgress(terminal, options.json === true);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
  let result: T;
  try {
    result = await action(context.fortress.backup, options, { signal: interruption.signal, waitMs: WAIT_MS, progress: progress.show, from: options.from, identity: options.identity }, argument);
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
    progress.clear();
  }
  terminal.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${render(result, options).split("\n").map(printable).join("\n")}\n`);
  return exitOf(result);
}

async function restore(context: CliContext, backups: Backups, { to, intoPlace, drill, only }: Options, job: JobOptions, set: string | undefined): Promise<RestoreResult | DrillResult> {
  if ([to, intoPlace, drill].filter((each) => each !== undefined).length !== 1) throw new FortressError("backup-refused", "restore needs one of --to, --into-place and --drill.", "Give --to <directory> to look at it first; that changes nothing.");
  if (drill) {
    if (set !== undefined || only !== undefined) throw new FortressError("backup-refused", "--drill restores the newest verified set as a whole.", "Leave the set and --only away.");
    return backups.drill(context.hostFacts, job);
  }
  return backups.restore(context.hostFacts, { set, to, only, intoPlace }, job);
}

/** A bar on a terminal; nothing where nobody looks. */
function createProgress({ interactive, err }: Terminal, quiet: boolean): { readonly show: (progress: Progress) => void; readonly clear: () => void } {
  let width = 0;
  const write = (text: string): void => {
    if (!interactive || quiet) return;
    err(`\r${text.padEnd(width)}`);
    width = text.length;
  };
  return {
    show({ phase, done, total }) {
      const filled = total ? Math.round((BAR * done) / total) : 0;
      write(total === undefined ? `${phase}: ${done}` : `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${phase}: ${done} of ${total}`);
    },
    clear() {
      if (width === 0) return;
      write("");
      err("\r");
    },
  };
}
