import type { Verdict } from "../model/report.ts";
import { renderChat } from "../report/chat.ts";
import { toJson } from "../report/json.ts";
import { ReportSchema } from "../report/schema.ts";
import { type AddCommand, EXIT, type ExitCode, run } from "./command.ts";

const EXITS: Readonly<Record<Verdict, ExitCode>> = { hardened: EXIT.ok, attention: EXIT.ok, exposed: EXIT.failed, unknown: EXIT.unknown };

export const addStatus: AddCommand = (parent, context) => {
  parent
    .command("status")
    .description("Shows what the engine and the kernel say of every sandbox, with one verdict")
    .option("--json", "print the report as JSON")
    .option("--schema", "print the JSON Schema of the report, and look at nothing")
    .action((options: { json?: boolean; schema?: boolean }) =>
      run(context, options, async () => {
        if (options.schema) {
          context.terminal.out(`${JSON.stringify(ReportSchema, null, 2)}\n`);
          return EXIT.ok;
        }
        const report = await context.fortress.status(context.hostFacts);
        context.terminal.out(options.json ? `${JSON.stringify(toJson(report), null, 2)}\n` : `${renderChat(report)}\n`);
        return EXITS[report.verdict];
      }),
    );
};
