import type { Report, SandboxReport, Verdict } from "../model/report.ts";
import type { ObservedPosture } from "../model/sandbox.ts";
import { formatLimit, formatSize, LIMIT_LABELS } from "../model/units.ts";

const VERDICTS: Readonly<Record<Verdict, string>> = {
  hardened: "HARDENED: everything that was looked at holds.",
  attention: "ATTENTION: it holds, with reservations.",
  exposed: "EXPOSED: something critical does not hold.",
  unknown: "UNKNOWN: not everything could be looked at.",
};
const MARKS = { critical: "✗", warn: "!", info: "·" } as const;

/** The report as plain chat text: verdict first, then what needs attention, then each sandbox. */
export function renderChat(report: Report): string {
  const lines = [`fortress: ${VERDICTS[report.verdict]}`];
  for (const { severity, detail, remedy } of report.findings) lines.push(`${MARKS[severity]} ${detail}`, `  → ${remedy}`);
  if (report.sandboxes.length === 0) lines.push("No sandbox exists at the moment; each one is hardened when an agent's turn creates it.");
  for (const sandbox of report.sandboxes) lines.push("", ...renderSandbox(sandbox));
  return lines.map(clean).join("\n");
}

function renderSandbox(sandbox: SandboxReport): string[] {
  const { name, engine, agentId, running, mounts, limits, clipped, secrets } = sandbox;
  const lines = [`${name} (${engine}, ${agentId === undefined ? "shared" : `agent ${agentId}`}, ${running ? "running" : "stopped"})`];
  if (!running) return lines;
  for (const mode of ["rw", "ro"] as const) {
    const targets = mounts?.filter((mount) => mount.mode === mode).map(({ target }) => target);
    lines.push(`  mounts ${mode}  ${targets === undefined ? "unknown" : `${targets.length}: ${targets.join(", ") || "none"}`}`);
  }
  for (const { name: limit, wanted, actual } of limits) {
    lines.push(`  ${LIMIT_LABELS[limit].padEnd(11)} ${formatLimit(limit, actual)} (wanted ${formatLimit(limit, wanted)})`);
  }
  if (sandbox.posture) lines.push(`  posture     ${describePosture(sandbox.posture)}`);
  for (const note of clipped) lines.push(`  note        ${note}`);
  lines.push(`  secrets     ${secrets.join(", ") || "none"}`);
  return lines;
}

function describePosture({ uid, seccomp, noNewPrivs, capabilities, interfaces, core, tmpfs }: ObservedPosture): string {
  const yesOrNo = (what: string, value: unknown): string => (value === undefined ? `${what} unknown` : value ? what : `no ${what}`);
  return [
    `uid ${uid ?? "unknown"}`,
    yesOrNo("seccomp", seccomp),
    yesOrNo("new privileges", noNewPrivs === undefined ? undefined : !noNewPrivs),
    yesOrNo("capabilities", capabilities),
    `network ${interfaces === undefined ? "unknown" : interfaces.join(" ") || "none"}`,
    yesOrNo("core dumps", core),
    `in memory ${tmpfs === undefined ? "unknown" : tmpfs.map(({ target, size }) => `${target} ${size === undefined ? "unlimited" : formatSize(size)}`).join(" ") || "nothing"}`,
  ].join(", ");
}

/** Container and file names come from hostile places: no control characters and no lines of their own in a chat message. */
function clean(line: string): string {
  return line.replace(/\s/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "?");
}
