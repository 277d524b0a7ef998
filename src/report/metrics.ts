import type { Severity } from "../model/finding.ts";
import type { Report, SandboxReport, Verdict } from "../model/report.ts";
import type { LimitName } from "../model/sandbox.ts";

/** The exposition format's own media type. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const VERDICTS: readonly Verdict[] = ["hardened", "attention", "exposed", "unknown"];
const SEVERITIES: readonly Severity[] = ["critical", "warn", "info"];
const LIMITS: readonly (readonly [name: LimitName, metric: string, unit: string])[] = [
  ["memory", "memory", "_bytes"],
  ["memorySwap", "memory_swap", "_bytes"],
  ["cpus", "cpu", "_cores"],
  ["pids", "pids", ""],
];

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | undefined];
type Family = readonly [name: string, help: string, samples: readonly Sample[]];

/**
 * The report in Prometheus' text format; every metric is a gauge. What could not be looked at has no
 * sample: an alert on it uses `absent()` or `fortress_verdict{verdict="unknown"}`.
 */
export function renderMetrics(report: Report): string {
  const running = report.sandboxes.filter((sandbox) => sandbox.running);
  const limit = (name: LimitName, value: "wanted" | "actual" | "used"): Sample[] => running.map((sandbox) => [labelsOf(sandbox), sandbox.limits.find((each) => each.name === name)?.[value]]);
  const mounts = running.flatMap((sandbox) => (["rw", "ro"] as const).map((mode): Sample => [{ ...labelsOf(sandbox), mode }, sandbox.mounts?.filter((mount) => mount.mode === mode).length]));
  const families: readonly Family[] = [
    ["verdict", "1 for the verdict that holds, 0 for the others", VERDICTS.map((verdict) => [{ verdict }, Number(verdict === report.verdict)])],
    ["findings", "Findings by severity", SEVERITIES.map((severity) => [{ severity }, report.findings.filter((each) => each.severity === severity).length])],
    ["finding", "Findings by id", [...new Set(report.findings.map(({ id }) => id))].map((id) => [{ id }, report.findings.filter((each) => each.id === id).length])],
    ["maintenance_last_run_seconds", "When the last daily maintenance began, since the epoch", [[{}, seconds(report.maintenance?.ranAt)]]],
    ["maintenance_step_well", "1 for a step of the last daily maintenance that went well", (report.maintenance?.steps ?? []).map(({ id, outcome }) => [{ step: id }, Number(outcome === "well")])],
    ...backupFamilies(report),
    ["sandbox_up", "1 while the sandbox runs", report.sandboxes.map((sandbox) => [labelsOf(sandbox), Number(sandbox.running)])],
    ["sandbox_mounts", "Mounts by mode, as the kernel has them", mounts],
    ["sandbox_disk_bytes", "What its writable directories take on the disk", running.map((sandbox) => [labelsOf(sandbox), sandbox.disk?.bytes])],
    ["sandbox_disk_files", "Inodes of its writable directories", running.map((sandbox) => [labelsOf(sandbox), sandbox.disk?.files])],
    ["sandbox_log_bytes", "What its log takes on the disk", running.map((sandbox) => [labelsOf(sandbox), sandbox.disk?.log])],
    ...LIMITS.flatMap(([name, metric, unit]) => [
      [`sandbox_${metric}_wanted${unit}`, "Limit that was configured", limit(name, "wanted")] as const,
      [`sandbox_${metric}_limit${unit}`, "Limit that the kernel enforces", limit(name, "actual")] as const,
      [`sandbox_${metric}_used${unit}`, "In use", limit(name, "used")] as const,
    ]),
  ];
  return families.map(([name, help, samples]) => family(`fortress_${name}`, help, samples)).join("");
}

function backupFamilies({ backup, findings }: Report): Family[] {
  if (!backup) return [];
  const { lastSuccess, bytes, lastDrill } = backup;
  return [
    ["backup_overdue", "1 while there is no verified backup or the newest one is too old, where the gateway makes them", [[{}, Number(findings.some(({ id }) => id === "backup.overdue"))]]],
    ["backup_last_success_seconds", "When the newest verified backup was made, since the epoch", [[{}, seconds(lastSuccess)]]],
    ["backup_last_success_bytes", "What is in it", [[{}, bytes]]],
    ["backup_last_drill_seconds", "When a backup was last restored to scratch, since the epoch", [[{}, seconds(lastDrill?.at)]]],
    ["backup_last_drill_well", "1 if that went well", [[{}, lastDrill && Number(lastDrill.outcome === "passed")]]],
  ];
}

function seconds(at: string | undefined): number | undefined {
  return at === undefined ? undefined : Date.parse(at) / 1_000;
}

function labelsOf({ name, agentId, engine }: SandboxReport): Labels {
  return { sandbox: name, agent: agentId ?? "", engine };
}

function family(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.flatMap(([labels, value]) => (value === undefined ? [] : [`${name}${formatLabels(labels)} ${value === Infinity ? "+Inf" : value}`]));
  return lines.length === 0 ? "" : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n");
}

function formatLabels(labels: Labels): string {
  const escape = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replace(/[\n\r]/g, "\\n");
  if (Object.keys(labels).length === 0) return "";
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`).join(",")}}`;
}
