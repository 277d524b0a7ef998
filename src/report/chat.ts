import type { MaintenanceReport } from "../model/maintenance.ts";
import type { Report, SandboxReport } from "../model/report.ts";
import { formatLimit, LIMIT_LABELS } from "../model/units.ts";
import { inert } from "../model/inert.ts";
import { backupLine, latestLines } from "./backup.ts";
import { lockdownLine } from "./lockdown.ts";
import { maintenanceLine, outcomeWords } from "./maintenance.ts";
import { diskWords, MARKS, NO_SANDBOX, postureWords, pressureWords, stateWord, VERDICTS } from "./words.ts";

/** The report as plain chat text: verdict first, then what needs attention, then each sandbox. */
export function renderChat(report: Report): string {
  const lines = [`fortress: ${report.verdict.toUpperCase()}: ${VERDICTS[report.verdict]}`];
  if (report.lockdown) lines.unshift(lockdownLine(report.lockdown));
  for (const { severity, detail, remedy } of report.findings) lines.push(`${MARKS[severity]} ${detail}`, `  → ${remedy}`);
  if (report.maintenance) lines.push("", ...renderMaintenance(report.maintenance));
  if (report.sandboxes.length === 0) lines.push(NO_SANDBOX);
  for (const sandbox of report.sandboxes) lines.push("", ...renderSandbox(sandbox));
  if (report.grants && report.grants.length > 0) lines.push("", "secrets granted", ...report.grants.map(({ agentId, secrets }) => `  ${agentId}: ${secrets.join(", ") || "none"}`));
  if (report.backup) lines.push("", backupLine(report.backup), ...latestLines(report.backup).map((line) => `  ${line}`));
  return lines.map(inert).join("\n");
}

function renderMaintenance(maintenance: MaintenanceReport): string[] {
  return [maintenanceLine(maintenance), ...maintenance.steps.map(({ id, outcome, detail }) => `  ${id.padEnd(11)} ${outcomeWords(outcome)}: ${detail}`)];
}

function renderSandbox(sandbox: SandboxReport): string[] {
  const { name, engine, agentId, running, mounts, limits, clipped, secrets } = sandbox;
  const lines = [`${name} (${engine}, ${agentId === undefined ? "shared" : `agent ${agentId}`}, ${stateWord(sandbox)})`];
  if (!running) return lines;
  for (const mode of ["rw", "ro"] as const) {
    const targets = mounts?.filter((mount) => mount.mode === mode).map(({ target }) => target);
    lines.push(`  mounts ${mode}  ${targets === undefined ? "unknown" : `${targets.length}: ${targets.join(", ") || "none"}`}`);
  }
  for (const { name: limit, wanted, actual } of limits) {
    lines.push(`  ${LIMIT_LABELS[limit].padEnd(11)} ${formatLimit(limit, actual)} (wanted ${formatLimit(limit, wanted)})`);
  }
  if (sandbox.pressure) lines.push(`  pressure    ${pressureWords(sandbox.pressure)}`);
  if (sandbox.disk) lines.push(`  disk        ${diskWords(sandbox.disk)}`);
  if (sandbox.posture) lines.push(`  posture     ${postureWords(sandbox.posture).join(", ")}`);
  for (const note of clipped) lines.push(`  note        ${note}`);
  lines.push(`  secrets     ${secrets.join(", ") || "none"}`);
  return lines;
}
