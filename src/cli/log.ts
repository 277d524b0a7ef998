import { FortressError } from "../model/errors.ts";
import { renderLog } from "../report/log.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

const DEFAULT_LAST = 50;

export const addLog: AddCommand = (parent, context) => {
  parent
    .command("log")
    .description("Shows what fortress did, to which sandbox, when and why")
    .option("--last <n>", "show this many records", String(DEFAULT_LAST))
    .option("--json", "print the records as JSON")
    .action((options: { json?: boolean; last: string }) =>
      run(context, options, async () => {
        const last = Number(options.last);
        if (!Number.isSafeInteger(last) || last < 1) throw new FortressError("config-invalid", `--last: ${printable(options.last.slice(0, 40))} is not a whole number from 1 on.`, "Give a number, for example --last 50.");
        const view = await context.fortress.ledger.read();
        context.terminal.out(options.json ? `${JSON.stringify({ ...view, records: view.records.slice(-last) }, null, 2)}\n` : `${renderLog(view, last).split("\n").map(printable).join("\n")}\n`);
        return view.damage === undefined ? EXIT.ok : EXIT.failed;
      }),
    );
};
