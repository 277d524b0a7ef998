import type { MigrationReport } from "../flows/secrets-migrate.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";

export const addSecretsMigrate: AddCommand = (parent, context) => {
  parent
    .command("migrate")
    .description("Moves secrets.env and what is secret in .env from OpenClaw's state directory to the secrets file; shows what it would do unless --apply is given")
    .option("--dry-run", "only show what would be done (the default)")
    .option("--apply", "do it")
    .option("--systemd-drop-in", "also let systemd give the secrets file to the gateway as environment")
    .option("--json", "print the result as JSON")
    .action((options: { json?: boolean; apply?: boolean; dryRun?: boolean; systemdDropIn?: boolean }) =>
      run(context, options, async () => {
        const report = context.fortress.secrets.migrate({ apply: options.apply === true && options.dryRun !== true, systemdDropIn: options.systemdDropIn === true });
        context.terminal.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${render(report)}\n`);
        return EXIT.ok;
      }),
    );
};

function render({ applied, steps, notes, store }: MigrationReport): string {
  const lines = steps.length === 0 ? [`Nothing to do: the state directory holds no secret that would move, and ${store} is as it should be.`] : [applied ? "Done:" : "Would do:", ...steps.map((step) => `  ${step}`)];
  if (!applied && steps.length > 0) lines.push("Run it with --apply to do this.");
  return [...lines, ...notes.map((note) => `! ${note}`)].map(printable).join("\n");
}
