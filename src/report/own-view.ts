import type { BackupReport } from "../model/backup.ts";
import type { Finding } from "../model/finding.ts";
import type { Report, SandboxReport } from "../model/report.ts";
import { counted } from "../model/units.ts";

/** These name files of everybody. */
const WHERE_SECRETS_ARE = /^secrets\.(leaked|unsearched)$/;

/**
 * The part of a report that an agent may see of itself: what others mount and which keys they get is
 * none of its business. The verdict stays that of the whole.
 *
 * @param agentId undefined for a session that belongs to no agent: it sees shared sandboxes only
 */
export function ownView(report: Report, agentId: string | undefined): Report {
  const isOwn = (sandbox: SandboxReport): boolean => sandbox.agentId === undefined || sandbox.agentId === agentId;
  // What is hidden from it stays so by name, too.
  const sandboxes = report.sandboxes.filter(isOwn).map(({ hidden: _, ...shown }) => shown);
  const others = report.sandboxes.filter((sandbox) => !isOwn(sandbox)).map(({ name }) => name);
  const findings = report.findings.filter(({ id, detail, remedy }) => !WHERE_SECRETS_ARE.test(id) && !others.some((name) => `${detail} ${remedy}`.includes(name)));
  const left = report.findings.length - findings.length;
  const { verdict, lockdown, backup } = report;
  return { verdict, ...(lockdown ? { lockdown } : {}), ...(backup ? { backup: whenOnly(backup) } : {}), sandboxes, findings: left === 0 ? findings : [...findings, elsewhere(left)] };
}

/** Where sets lie, and which files one lacks, tells of what is hidden. */
function whenOnly({ directory: _directory, latest, ...when }: BackupReport): BackupReport {
  return { ...when, latest: latest.map(({ detail: _detail, ...entry }) => entry) };
}

function elsewhere(count: number): Finding {
  return { id: "fortress.elsewhere", severity: "info", detail: `${counted(count, "more finding is", "more findings are")} about what this agent does not see.`, remedy: "The person sees everything with /fortress status full." };
}
