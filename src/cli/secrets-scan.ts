import type { ScanReport } from "../flows/secrets-scan.ts";
import { FortressError } from "../model/errors.ts";
import { counted, formatSize } from "../model/units.ts";
import { type AddCommand, EXIT, run, type Terminal } from "./command.ts";
import { printable } from "./printable.ts";

const DEFAULT_MINUTES = 10;

export const addSecretsScan: AddCommand = (parent, context) => {
  parent
    .command("scan")
    .description("Searches everything that a sandbox can read, and the logs, for the secrets' values and their usual encodings")
    .option("--minutes <n>", "stop after this many minutes; what was not searched by then is named", String(DEFAULT_MINUTES))
    .option("--json", "print the report as JSON")
    .action((options: { json?: boolean; minutes: string }) =>
      run(context, options, async () => {
        const minutes = Number(options.minutes);
        if (!(minutes > 0 && minutes <= 1_440)) throw new FortressError("config-invalid", `--minutes: ${printable(options.minutes.slice(0, 40))} is not a number between 0 and 1440.`, "Give whole or half minutes, for example --minutes 10.");
        const report = await context.fortress.secrets.scan(context.hostFacts, { minutes, onProgress: progressOn(context.terminal) });
        if (context.terminal.interactive) context.terminal.err("\r\u001b[K");
        context.terminal.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${renderScan(report)}\n`);
        if (report.hits.length > 0) return EXIT.failed;
        return report.complete ? EXIT.ok : EXIT.unknown;
      }),
    );
};

function progressOn({ err, interactive }: Terminal): (progress: { files: number; bytes: number; where: string }) => void {
  return ({ files, bytes, where }) => {
    if (interactive) err(`\r\u001b[K${files} files, ${formatSize(bytes)}: ${printable(where).slice(-60)}`);
  };
}

/** The report as lines: hits first, then what was not searched, then one sentence. */
export function renderScan({ complete, hits, searched, skipped, tooShort, unseen }: ScanReport): string {
  const lines = hits.map(({ name, form, where }) => `✗ ${name} (${form}) in ${where}`);
  for (const { reason, count, examples } of skipped) lines.push(`· not read, ${reason}: ${count} (${examples.join(", ")}${count > examples.length ? ", …" : ""})`);
  for (const each of unseen) lines.push(`! ${each}`);
  if (tooShort.length > 0) lines.push(`! Too short to search for: ${tooShort.join(", ")}.`);
  lines.push(`Searched ${counted(searched.files, "file")}, ${formatSize(searched.bytes)}, in ${counted(searched.roots.length, "place")} for ${counted(searched.secrets.length, "secret")}.`);
  if (hits.length > 0) lines.push("Secrets are where a sandbox or a reader of logs can see them. Remove them there, then change these keys.");
  else lines.push(complete ? "No secret was found." : "No secret was found in what was searched, but not everything was: that is no proof.");
  return lines.map(printable).join("\n");
}
