import type { Verdict } from "../model/report.ts";
import { renderChat } from "../report/chat.ts";
import { toJson } from "../report/json.ts";
import { type AddCommand, EXIT, type ExitCode, run } from "./command.ts";
import { renderStatus } from "./status-text.ts";

const EXITS: Readonly<Record<Verdict, ExitCode>> = { hardened: EXIT.ok, attention: EXIT.ok, exposed: EXIT.failed, unknown: EXIT.unknown };

const HELP = `
The verdict is over everything that was looked at: HARDENED, ATTENTION (it holds, with reservations),
EXPOSED (something critical does not hold) or UNKNOWN (something could not be looked at: no pass).
Each finding has its remedy behind →, and an id that the README explains.
Exit codes: 0 HARDENED or ATTENTION, 1 EXPOSED, 2 wrong usage or configuration, 3 UNKNOWN.`;

export const addStatus: AddCommand = (parent, context) => {
  parent
    .command("status")
    .description("Shows what the engine and the kernel say of every sandbox, with one verdict")
    .option("--json", "print the report as JSON")
    .option("--full", "print every mount, limit and posture of every sandbox")
    .addHelpText("after", HELP)
    .action((options: { json?: boolean; full?: boolean }) =>
      run(context, options, async () => {
        const report = await context.fortress.status(context.hostFacts);
        const text = options.full ? renderChat(report) : renderStatus(report, context.terminal);
        context.terminal.out(options.json ? `${JSON.stringify(toJson(report), null, 2)}\n` : `${text}\n`);
        return EXITS[report.verdict];
      }),
    );
};
