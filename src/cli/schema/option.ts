import { type Command, CommanderError } from "commander";
import { type CliContext, EXIT } from "../command.ts";
import { SCHEMAS } from "./table.ts";

/** Beside every `--json` a `--schema`. As `--help` is, it is answered while the words are read: nothing else must be right. */
export function addSchemas(parent: Command, { terminal }: Pick<CliContext, "terminal">): void {
  for (const [words, schema] of Object.entries(SCHEMAS)) {
    const command = words.split(" ").reduce((group, word) => group.commands.find((each) => each.name() === word)!, parent);
    command.option("--schema", "print the JSON Schema of what --json prints, and do nothing").on("option:schema", () => {
      terminal.out(`${JSON.stringify({ title: `openclaw fortress ${words} --json`, ...schema }, null, 2)}\n`);
      // OpenClaw takes what begins so for an end of its own parser.
      throw new CommanderError(EXIT.ok, "commander.schema", "(schema)");
    });
  }
}
