import type { VerifyOptions } from "../flows/isolation.ts";
import { askedChecks } from "../isolation/selection.ts";
import type { Verification } from "../model/check.ts";
import { FortressError } from "../model/errors.ts";
import { type Format, FORMATS, renderVerification } from "../report/verification/formats.ts";
import { type AddCommand, EXIT, type ExitCode, run, type Terminal } from "./command.ts";
import { printable } from "./printable.ts";

const EXITS: Readonly<Record<Verification["verdict"], ExitCode>> = { hardened: EXIT.ok, exposed: EXIT.failed, unknown: EXIT.unknown };

interface Options {
  readonly agent?: string;
  readonly check?: readonly string[];
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly format?: string;
}

export const addVerify: AddCommand = (parent, context) => {
  parent
    .command("verify")
    .description("Proves, in every running sandbox and from the kernel's view on the host, that the isolation holds")
    .option("--agent <id>", "only the sandboxes of this agent")
    .option("--check <id...>", "only these checks")
    .option("--quick", "only what is read from the host; starts nothing in a sandbox")
    .option("--json", "the same as --format json")
    .option("--format <name>", `how to print the result: ${FORMATS.join(", ")}`)
    .action((options: Options) =>
      run(context, { json: options.json === true || options.format === "json" }, async () => {
        const { terminal } = context;
        const format = formatOf(options);
        const quick = options.quick === true;
        const verification = await context.fortress.isolation.verify(context.hostFacts, { agent: options.agent, checks: askedChecks("--check", options.check, quick), quick, onProgress: progressOn(terminal) });
        if (terminal.interactive) terminal.err("\r\u001b[K");
        terminal.out(`${renderVerification(verification, format, terminal.colour === true)}\n`);
        return EXITS[verification.verdict];
      }),
    );
};

function formatOf({ json, format = json ? "json" : "text" }: Options): Format {
  const found = FORMATS.find((each) => each === format);
  if (!found) throw new FortressError("config-invalid", `--format: ${printable(format.slice(0, 40))} is not one of ${FORMATS.join(", ")}.`, "Leave it out to read the result yourself.");
  return found;
}

function progressOn({ err, interactive }: Terminal): NonNullable<VerifyOptions["onProgress"]> {
  return (text) => {
    if (interactive) err(`\r\u001b[K${printable(text).slice(0, 100)}`);
  };
}
