import { styleText } from "node:util";
import type { Severity } from "../model/finding.ts";
import type { Report, SandboxReport, Verdict } from "../model/report.ts";
import type { LimitName } from "../model/sandbox.ts";
import { formatLimit, formatSize, isLooser } from "../model/units.ts";
import { backupLine } from "../report/backup.ts";
import { lockdownLine } from "../report/lockdown.ts";
import { maintenanceLine } from "../report/maintenance.ts";
import { MARKS, NO_SANDBOX, stateWord, VERDICTS } from "../report/words.ts";
import type { Terminal } from "./command.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

type Colour = Parameters<typeof styleText>[0];

const TONES: Readonly<Record<Verdict, Colour>> = { hardened: "green", attention: "yellow", exposed: "red", unknown: "magenta" };
const MARK_TONES: Readonly<Record<Severity, Colour>> = { critical: "red", warn: "yellow", info: "dim" };

/** The report for a terminal: verdict, findings with their remedies, and one row for each sandbox. */
export function renderStatus({ verdict, lockdown, maintenance, backup, findings, sandboxes, grants = [] }: Report, { colour = false, columns }: Pick<Terminal, "colour" | "columns">): string {
  const paint = (tone: Colour, text: string): string => (colour ? styleText(tone, text, { validateStream: false }) : text);
  const lines = [`fortress: ${paint(TONES[verdict], verdict.toUpperCase())}: ${VERDICTS[verdict]}`];
  if (lockdown) lines.unshift(paint("red", printable(lockdownLine(lockdown))));
  for (const { id, severity, detail, remedy } of findings) lines.push("", `${paint(MARK_TONES[severity], MARKS[severity])} ${printable(detail)} ${paint("dim", `[${printable(id)}]`)}`, `  → ${printable(remedy)}`);
  if (maintenance) lines.push("", printable(maintenanceLine(maintenance)));
  lines.push("", ...(sandboxes.length === 0 ? [NO_SANDBOX] : table(["agent", "engine", "state", "rw", "ro", "hidden", "memory", "cpus", "pids", "disk", "uid", "secrets", "sandbox"], sandboxes.map(row), columns)));
  if (grants.length > 0) lines.push("", ...table(["agent", "secrets granted"], grants.map(({ agentId, secrets }) => [agentId, secrets.join(", ") || "none"]), columns));
  if (backup) lines.push("", printable(backupLine(backup)));
  if (sandboxes.length > 0) lines.push("", "mounts: what each can reach · explain <agent>: planned against actual, with reasons · --full: every detail");
  return lines.join("\n");
}

function row(sandbox: SandboxReport): string[] {
  const { name, agentId, engine, running, mounts, hidden, limits, disk, posture, secrets } = sandbox;
  const count = (mode: string): string => String(mounts?.filter((mount) => mount.mode === mode).length ?? "?");
  const limit = (wanted: LimitName): string => {
    const found = limits.find((each) => each.name === wanted);
    if (!found) return "?";
    const used = found.used === undefined ? "" : `${formatLimit(wanted, found.used)} of `;
    return `${isLooser(found.wanted, found.actual) ? "✗ " : ""}${used}${formatLimit(wanted, found.actual)}`;
  };
  const inside = !running ? Array<string>(9).fill("-") : [count("rw"), count("ro"), String(hidden?.length ?? "?"), limit("memory"), limit("cpus"), limit("pids"), disk?.bytes === undefined ? "?" : formatSize(disk.bytes), String(posture?.uid ?? "?"), String(secrets.length)];
  return [agentId ?? "(shared)", engine, stateWord(sandbox), ...inside, name];
}
