import { counted } from "../model/units.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

export const addSweep: AddCommand = (parent, context) => {
  parent
    .command("sweep")
    .description("Looks once at every sandbox and sets its limits anew, while the gateway does not run; for the timer")
    .option("--json", "print the result as JSON")
    .action((options: { json?: boolean }) =>
      run(context, options, async () => {
        const { fortress, hostFacts, health, terminal } = context;
        const { state } = await health({ heal: false });
        // Only who is surely not there leaves it to others; one that starts looks at all of them itself.
        if (state !== "down") {
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
