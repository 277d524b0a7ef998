import { FortressError } from "../model/errors.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

export const addNotify: AddCommand = (parent, context) => {
  parent
    .command("notify")
    .description("Shows by which ways the operator is told when something turns critical")
    .option("--test", "send a message by each of them, and say what came of it")
    .option("--json", "print the result as JSON")
    .action((options: { json?: boolean; test?: boolean }) =>
      run(context, options, async () => {
        const ways = context.notifyRoutes();
        if (ways.length === 0) throw new FortressError("config-invalid", "Nobody is told: notify names no way that this process has.", "Set notify.channel, notify.command or notify.webhook in the configuration of fortress. A channel needs the gateway: openclaw fortress notify");
        const results: { kind: string; problem: string | undefined }[] = [];
        for (const { kind, send } of ways) results.push({ kind, problem: options.test ? await send().then(() => undefined, (error: unknown) => (error instanceof Error ? error.message : String(error))) : undefined });
        const lines = results.map(({ kind, problem }) => (problem === undefined ? `· ${kind}${options.test ? ": sent" : ""}` : `✗ ${kind}: ${problem}`));
        context.terminal.out(options.json ? `${JSON.stringify(results, null, 2)}\n` : `${lines.map(printable).join("\n")}\n`);
        return results.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.ok;
      }),
    );
};
