import type { ServiceReport, ServiceStatus, UnitFormat } from "../flows/service.ts";
import { FortressError } from "../model/errors.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

const FORMATS: readonly UnitFormat[] = ["systemd", "launchd", "task-scheduler"];

interface Options {
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export const addService: AddCommand = (parent, context) => {
  const service = parent.command("service").description("Timers that look after the gateway while nobody watches");
  for (const verb of ["install", "uninstall"] as const) {
    service
      .command(verb)
      .description(verb === "install" ? "Writes the timers and starts them; leaves alone what it did not write" : "Stops the timers and removes what install wrote")
      .option("--dry-run", "only show what would be done")
      .option("--json", "print the result as JSON")
      .action((options: Options) =>
        run(context, options, async () => {
          const report = await context.service()[verb]({ apply: options.dryRun !== true });
          context.terminal.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${renderReport(report)}\n`);
          return EXIT.ok;
        }),
      );
  }
  service
    .command("status")
    .description("Shows which timers are installed and how their last run ended")
    .option("--json", "print the result as JSON")
    .action((options: Options) =>
      run(context, options, async () => {
        const status = await context.service().status();
        context.terminal.out(options.json ? `${JSON.stringify(status, null, 2)}\n` : `${renderStatus(status)}\n`);
        return status.installed ? EXIT.ok : EXIT.failed;
      }),
    );
  service
    .command("print")
    .description("Prints the timers' files")
    .option("--for <format>", `one of ${FORMATS.join(", ")}`, "systemd")
    .option("--json", "print the files as JSON")
    .action((options: Options & { for: string }) =>
      run(context, options, async () => {
        const format = FORMATS.find((each) => each === options.for);
        if (!format) throw new FortressError("service-refused", `--for: ${printable(options.for.slice(0, 40))} is no format.`, `Use one of ${FORMATS.join(", ")}.`);
        const files = context.service().print(format);
        context.terminal.out(options.json ? `${JSON.stringify(files, null, 2)}\n` : files.map(({ name, text }) => `# ${name}\n${text}`).join("\n"));
        return EXIT.ok;
      }),
    );
};

function renderReport({ applied, changes, commands, notes }: ServiceReport): string {
  const done = changes.filter(({ change }) => change !== "keep");
  const lines = changes.length === 0 ? ["Nothing to do: no timer of fortress is installed."] : [applied ? "Done:" : "Would do:", ...done.map(({ path, change }) => `  ${change} ${path}`), ...commands.map((command) => `  ${command}`)];
  return [...lines, ...notes.map((note) => `! ${note}`)].map(printable).join("\n");
}

function renderStatus({ installed, files, timers, notes }: ServiceStatus): string {
  const lines = [installed ? "The timers are installed and active." : "The timers are not installed as they should be. Run: openclaw fortress service install"];
  for (const { path, state } of files) lines.push(`  ${state.padEnd(8)} ${path}`);
  for (const { name, active, lastResult } of timers) lines.push(`  ${active ? "active  " : "inactive"} ${name} (last run: ${lastResult})`);
  return [...lines, ...notes.map((note) => `! ${note}`)].map(printable).join("\n");
}
