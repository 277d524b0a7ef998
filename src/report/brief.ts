import type { Report, SandboxReport } from "../model/report.ts";
import { counted, isLooser } from "../model/units.ts";
import { backupLine } from "./backup.ts";
import { lockdownLine } from "./lockdown.ts";
import { maintenanceLine } from "./maintenance.ts";
import { shortLine } from "./short.ts";
import { MARKS, NO_SANDBOX, stateWord, VERDICTS } from "./words.ts";

/** What fits a phone's screen: what needs attention with its remedy, and one line for each sandbox. */
const MOST_FINDINGS = 4;
const MOST_SANDBOXES = 8;

/**
 * The report as a short chat message: verdict, what needs attention, the rest in one line each.
 *
 * @param whole how the reader gets the rest
 */
export function renderBrief({ verdict, lockdown, maintenance, backup, findings, sandboxes }: Report, whole: string): string {
  const urgent = findings.filter(({ severity }) => severity !== "info");
  const lines = [`fortress: ${verdict.toUpperCase()}: ${VERDICTS[verdict]}`];
  if (lockdown) lines.unshift(lockdownLine(lockdown));
  for (const { severity, detail, remedy } of urgent.slice(0, MOST_FINDINGS)) lines.push(`${MARKS[severity]} ${detail}`, `  → ${remedy}`);
  if (sandboxes.length === 0) lines.push(NO_SANDBOX);
  for (const sandbox of sandboxes.slice(0, MOST_SANDBOXES)) lines.push(line(sandbox));
  if (maintenance) lines.push(maintenanceLine(maintenance));
  if (backup) lines.push(backupLine(backup));
  const left = [
    ...count(urgent.length - MOST_FINDINGS, "more finding"),
    ...count(findings.length - urgent.length, "note"),
    ...count(sandboxes.length - MOST_SANDBOXES, "more sandbox", "more sandboxes"),
  ];
  const told = lines.map((each) => shortLine(each));
  const cut = told.some((each) => each.endsWith("…"));
  return [...told, ...(left.length > 0 || cut || sandboxes.length > 0 ? [`${[...left, "every detail"].join(", ")}: ${whole}`] : [])].join("\n");
}

function line(sandbox: SandboxReport): string {
  const { agentId, running, mounts, limits, posture, secrets } = sandbox;
  const who = agentId ?? "shared";
  if (!running) return `${who}: ${stateWord(sandbox)}`;
  const targets = (mode: string): string => String(mounts?.filter((mount) => mount.mode === mode).length ?? "?");
  const holds = limits.length > 0 && limits.every(({ wanted, actual }) => !isLooser(wanted, actual));
  return [`${who}: writes ${targets("rw")}, reads ${targets("ro")}`, holds ? "limits hold" : "limits do NOT hold", ...(posture?.uid === undefined ? [] : [`uid ${posture.uid}`]), ...count(secrets.length, "secret")].join(" · ");
}

function count(number: number, one: string, many = `${one}s`): string[] {
  return number <= 0 ? [] : [counted(number, one, many)];
}
