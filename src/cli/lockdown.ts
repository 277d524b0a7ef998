import { renderLockdown } from "../report/lockdown.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

const BECAUSE = "asked for by command";

export const addLockdown: AddCommand = (parent, context) => {
  const add = (name: "lockdown" | "thaw", description: string): void => {
    parent
      .command(name)
      .description(description)
      .option("--json", "print the result as JSON")
      .action((options: { json?: boolean }) =>
        run(context, options, async () => {
          const { lockdown } = context.fortress;
          const outcome = await (name === "lockdown" ? lockdown.lock : lockdown.thaw)(context.hostFacts, BECAUSE);
          context.terminal.out(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : `${renderLockdown(outcome).split("\n").map(printable).join("\n")}\n`);
          return outcome.failed.length === 0 ? EXIT.ok : EXIT.failed;
        }),
      );
  };
  add("lockdown", "Pauses every sandbox, refuses new ones and withholds secrets, until thaw");
  add("thaw", "Ends a lockdown");
};
