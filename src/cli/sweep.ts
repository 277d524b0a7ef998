import { counted } from "../model/units.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

export const addSweep: AddCommand = (parent, context) => {
  parent
    .command("sweep")
    .description("Looks once at every sandbox and sets its limits anew, while the gateway, or fortress in it, does not run; for the timer")
    .option("--json", "print the result as JSON")
    .action((options: { json?: boolean }) =>
      run(context, options, async () => {
        const { fortress, hostFacts, health, terminal } = context;
        const { state } = await health({ heal: false });
        // One that starts looks at all of them itself; one that runs without fortress, or hides behind something else, may look at none.
        const isLeft = state === "live" || state === "foreign" ? fortress.isWatched() : state !== "down";
        if (isLeft) {
          const because = `The gateway looks after its sandboxes itself (it is ${state}).`;
          terminal.out(options.json ? `${JSON.stringify({ done: false, because }, null, 2)}\n` : `${because}\n`);
          return EXIT.ok;
        }
        const report = await fortress.sweep(hostFacts);
        await context.notify(report.findings);
        const lines = [`Looked at ${counted(report.sandboxes.length, "sandbox", "sandboxes")}.`, ...report.findings.flatMap(({ detail, remedy }) => [`! ${detail}`, `  → ${remedy}`])];
        terminal.out(options.json ? `${JSON.stringify({ done: true, ...report }, null, 2)}\n` : `${lines.map(printable).join("\n")}\n`);
        return report.findings.length === 0 ? EXIT.ok : EXIT.failed;
      }),
    );
};
