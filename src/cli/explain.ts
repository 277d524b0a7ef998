import type { ExplainedMount, ExplainedSandbox, Explanation } from "../flows/explain.ts";
import { plain } from "../report/json.ts";
import { type AddCommand, EXIT, type ExitCode, run, type Terminal } from "./command.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

const INDENT = "  ";

export const addExplain: AddCommand = (parent, context) => {
  parent
    .command("explain")
    .argument("<agent>", "id of an agent")
    .description("Shows, for every sandbox of an agent, what is planned and what the kernel has, each with its reason")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nA mount that differs from the plan is marked ✗; its sandbox is recreated by the next turn that finds it idle.\nExit codes: 0 everything is as planned, 1 something differs, 2 wrong usage or configuration, 3 something could not be read.")
    .action((agent: string, options: { json?: boolean }) =>
      run(context, options, async () => {
        const explanation = await context.fortress.explain(agent, context.hostFacts);
        context.terminal.out(options.json ? `${JSON.stringify(plain(explanation), null, 2)}\n` : `${renderExplanation(explanation, context.terminal)}\n`);
        return exitOf(explanation);
      }),
    );
};

const differs = ({ planned, actual }: ExplainedMount): boolean => planned !== actual;

function exitOf({ sandboxes }: Explanation): ExitCode {
  const running = sandboxes.filter((sandbox) => sandbox.running);
  if (running.some(({ refused, mounts }) => refused !== undefined || mounts.some(differs))) return EXIT.failed;
  return running.some(({ mounts, posture }) => mounts.length === 0 || posture.length === 0) ? EXIT.unknown : EXIT.ok;
}

export function renderExplanation({ agentId, sandboxes }: Explanation, { columns }: Pick<Terminal, "columns"> = {}): string {
  if (sandboxes.length === 0) return printable(`Agent ${agentId} has no sandbox at the moment; its next turn makes one.`);
  return sandboxes.map((sandbox) => renderSandbox(sandbox, columns && columns - INDENT.length)).join("\n\n");
}

function renderSandbox({ name, engine, running, refused, mounts, hidden, limits, posture, secrets }: ExplainedSandbox, columns: number | undefined): string {
  const head = printable(`${name} (${engine}, ${running ? "running" : "stopped"})`);
  if (!running) return head;
  const section = (title: string, lines: readonly string[]): string[] => ["", title, ...lines.map((line) => `${INDENT}${line}`)];
  const reasoned = (rows: readonly { what: string; because: string }[], nothing: string): string[] => (rows.length === 0 ? [nothing] : table(["what", "because"], rows.map(({ what, because }) => [what, because]), columns));
  return [
    head,
    ...(refused === undefined ? [] : [printable(`✗ Today's configuration would refuse it: ${refused}`)]),
    ...section("Mounts", table(["", "path in the sandbox", "planned", "kernel", "because"], mounts.map((mount) => [differs(mount) ? "✗" : "", mount.target, mount.planned ?? "-", mount.actual ?? "-", mount.because]), columns)),
    ...section("Hidden", reasoned(hidden, "Nothing lies in the state directory, or the kernel could not be asked.")),
    ...section("Limits", reasoned(limits, "The kernel could not be asked.")),
    ...section("Posture", reasoned(posture, "The kernel could not be asked.")),
    ...section("Secrets, by name", reasoned(secrets, "None.")),
  ].join("\n");
}
