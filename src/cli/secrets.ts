import type { SecretsOverview } from "../flows/secrets-overview.ts";
import { type AddCommand, EXIT, run } from "./command.ts";
import { printable } from "./printable.ts";
import { addSecretsMigrate } from "./secrets-migrate.ts";
import { addSecretsScan } from "./secrets-scan.ts";

export const addSecrets: AddCommand = (parent, context) => {
  const secrets = parent.command("secrets").description("Shows, checks, moves and searches for secrets; never prints a value");
  secrets
    .command("list")
    .description("Lists the names of all secrets, where each comes from, and which agents get it")
    .option("--json", "print the list as JSON")
    .action((options: { json?: boolean }) =>
      run(context, options, async () => {
        const overview = context.fortress.secrets.overview();
        context.terminal.out(options.json ? `${JSON.stringify(overview, null, 2)}\n` : `${renderList(overview)}\n`);
        return overview.errors.length > 0 ? EXIT.failed : EXIT.ok;
      }),
    );
  secrets
    .command("check")
    .description("Checks the secrets file, the other sources and the grants")
    .option("--json", "print the result as JSON")
    .action((options: { json?: boolean }) =>
      run(context, options, async () => {
        const overview = context.fortress.secrets.overview();
        context.terminal.out(options.json ? `${JSON.stringify(overview, null, 2)}\n` : `${renderCheck(overview)}\n`);
        if (overview.errors.length > 0) return EXIT.failed;
        return overview.entries.every(({ seen }) => seen) ? EXIT.ok : EXIT.unknown;
      }),
    );
  addSecretsMigrate(secrets, context);
  addSecretsScan(secrets, context);
};

function renderList(overview: SecretsOverview): string {
  return [...entryLines(overview), ...errorLines(overview)].map(printable).join("\n");
}

function renderCheck(overview: SecretsOverview): string {
  const entries = entryLines(overview);
  const lines = [...entries, ...(entries.length > 0 ? [""] : []), ...errorLines(overview)];
  for (const note of overview.notes) lines.push(`! ${note}`);
  if (overview.errors.length > 0) lines.push("Sandboxes are refused until this is mended.");
  else if (overview.entries.some(({ seen }) => !seen)) lines.push("What could be looked at is as it should be. /fortress status in chat shows the rest.");
  else lines.push("The store, the sources and the grants are as they should be.");
  return lines.map(printable).join("\n");
}

/** A store that can't be read is not an empty one. */
function entryLines({ file, entries, errors }: SecretsOverview): string[] {
  if (entries.length === 0) return errors.length > 0 ? [] : [`No secrets. Put them into ${file}, or name other sources in the configuration.`];
  const width = Math.max(...entries.map(({ name }) => name.length));
  return entries.map(({ name, source, seen, agents }) => `${name.padEnd(width)}  ${source.padEnd(11)}  ${agents.join(", ") || "no agent"}${seen ? "" : "  (only the gateway sees it)"}`);
}

function errorLines({ errors }: SecretsOverview): string[] {
  return errors.flatMap(({ message, remedy }) => [`✗ ${message}`, `  → ${remedy}`]);
}
