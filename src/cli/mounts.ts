import type { SandboxReport } from "../model/report.ts";
import { toJson } from "../report/json.ts";
import { type AddCommand, EXIT, run, type Terminal } from "./command.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

export const addMounts: AddCommand = (parent, context) => {
  parent
    .command("mounts")
    .argument("[agent]", "id of an agent; without it every sandbox is shown")
    .description("Shows what sandboxes can write, can only read and don't see, as the kernel has it")
    .option("--json", "print it as JSON, a part of the report of status --json")
    .addHelpText("after", "\nExit codes: 0 shown, 2 wrong usage or configuration, 3 something could not be read.")
    .action((agent: string | undefined, options: { json?: boolean }) =>
      run(context, options, async () => {
        const report = await context.fortress.status(context.hostFacts);
        const sandboxes = report.sandboxes.filter(({ agentId }) => agent === undefined || agentId === undefined || agentId === agent);
        const json = toJson({ ...report, sandboxes }).sandboxes.map(({ name, agentId, running, mounts, hidden }) => ({ name, agentId, running, mounts, hidden }));
        context.terminal.out(options.json ? `${JSON.stringify(json, null, 2)}\n` : `${render(sandboxes, context.terminal)}\n`);
        return sandboxes.some(({ running, mounts }) => running && mounts === undefined) ? EXIT.unknown : EXIT.ok;
      }),
    );
};

function render(sandboxes: readonly SandboxReport[], { columns }: Pick<Terminal, "columns">): string {
  if (sandboxes.length === 0) return "No sandbox exists at the moment; an agent's turn makes one.";
  return sandboxes.map(({ name, running, mounts, hidden }) => [printable(`${name} (${running ? "running" : "stopped"})`), ...(running ? rows(mounts, hidden, columns && columns - 2).map((line) => `  ${line}`) : [])].join("\n")).join("\n\n");
}

function rows(mounts: SandboxReport["mounts"], hidden: SandboxReport["hidden"], columns: number | undefined): string[] {
  if (!mounts) return ["The kernel could not be asked."];
  const order = mounts.toSorted((left, right) => right.mode.localeCompare(left.mode) || left.target.localeCompare(right.target));
  return table(["access", "path"], [...order.map(({ mode, target }) => [mode === "rw" ? "write" : "read", target]), ...(hidden ?? []).map(({ entry, holds }) => ["hidden", `${entry}  (${holds})`])], columns);
}
