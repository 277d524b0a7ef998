import { describe, expect, it } from "vitest";
import { renderMetrics } from "../../src/report/metrics.ts";
import { report, SANDBOX } from "../fixtures/report.ts";

it("is every number of the report, and no sample for what is not known", () => {
  const text = renderMetrics(
    report({
      verdict: "unknown",
      findings: [{ id: "a.b", severity: "warn", detail: "d", remedy: "r" }, { id: "a.b", severity: "warn", detail: "e", remedy: "r" }],
      sandboxes: [{ ...SANDBOX, limits: [{ name: "memorySwap", wanted: 8, actual: Infinity, used: 3 }, { name: "pids", wanted: 512, actual: undefined }] }, { ...SANDBOX, name: "old", agentId: undefined, running: false }],
    }),
  );
  expect(text).toMatchInlineSnapshot(`
    "# HELP fortress_verdict 1 for the verdict that holds, 0 for the others
    # TYPE fortress_verdict gauge
    fortress_verdict{verdict="hardened"} 0
    fortress_verdict{verdict="attention"} 0
    fortress_verdict{verdict="exposed"} 0
    fortress_verdict{verdict="unknown"} 1
    # HELP fortress_findings Findings by severity
    # TYPE fortress_findings gauge
    fortress_findings{severity="critical"} 0
    fortress_findings{severity="warn"} 2
    fortress_findings{severity="info"} 0
    # HELP fortress_finding Findings by id
    # TYPE fortress_finding gauge
    fortress_finding{id="a.b"} 2
    # HELP fortress_sandbox_up 1 while the sandbox runs
    # TYPE fortress_sandbox_up gauge
    fortress_sandbox_up{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 1
    fortress_sandbox_up{sandbox="old",agent="",engine="podman"} 0
    # HELP fortress_sandbox_mounts Mounts by mode, as the kernel has them
    # TYPE fortress_sandbox_mounts gauge
    fortress_sandbox_mounts{sandbox="openclaw-sbx-main",agent="main",engine="podman",mode="rw"} 1
    fortress_sandbox_mounts{sandbox="openclaw-sbx-main",agent="main",engine="podman",mode="ro"} 2
    # HELP fortress_sandbox_disk_bytes What its writable directories take on the disk
    # TYPE fortress_sandbox_disk_bytes gauge
    fortress_sandbox_disk_bytes{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 1610612736
    # HELP fortress_sandbox_disk_files Inodes of its writable directories
    # TYPE fortress_sandbox_disk_files gauge
    fortress_sandbox_disk_files{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 4021
    # HELP fortress_sandbox_log_bytes What its log takes on the disk
    # TYPE fortress_sandbox_log_bytes gauge
    fortress_sandbox_log_bytes{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 1048576
    # HELP fortress_sandbox_memory_swap_wanted_bytes Limit that was configured
    # TYPE fortress_sandbox_memory_swap_wanted_bytes gauge
    fortress_sandbox_memory_swap_wanted_bytes{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 8
    # HELP fortress_sandbox_memory_swap_limit_bytes Limit that the kernel enforces
    # TYPE fortress_sandbox_memory_swap_limit_bytes gauge
    fortress_sandbox_memory_swap_limit_bytes{sandbox="openclaw-sbx-main",agent="main",engine="podman"} +Inf
    # HELP fortress_sandbox_memory_swap_used_bytes In use
    # TYPE fortress_sandbox_memory_swap_used_bytes gauge
    fortress_sandbox_memory_swap_used_bytes{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 3
    # HELP fortress_sandbox_pids_wanted Limit that was configured
    # TYPE fortress_sandbox_pids_wanted gauge
    fortress_sandbox_pids_wanted{sandbox="openclaw-sbx-main",agent="main",engine="podman"} 512
    "
  `);
});

it("keeps hostile names inside their label", () => {
  const text = renderMetrics(report({ sandboxes: [{ ...SANDBOX, name: 'a"} 1\nfortress_verdict{verdict="hardened"} 1\\' }] }));
  expect(text).toContain('sandbox="a\\"} 1\\nfortress_verdict{verdict=\\"hardened\\"} 1\\\\",');
  expect(text.split("\n").filter((line) => line.startsWith('fortress_verdict{verdict="hardened"}'))).toHaveLength(1);
});

it("has sandboxes in none of its lines where there is none", () => {
  expect(renderMetrics(report())).not.toContain("sandbox");
});

it("tells when the maintenance ran, and which of its steps went well", () => {
  const steps = [{ id: "leaks", outcome: "found", detail: "" }, { id: "logs", outcome: "well", detail: "" }] as const;
  const lines = renderMetrics(report({ maintenance: { ranAt: "2026-05-01T03:00:00Z", steps } })).split("\n");
  expect(lines.filter((line) => line.startsWith("fortress_maintenance"))).toEqual(["fortress_maintenance_last_run_seconds 1777604400", 'fortress_maintenance_step_well{step="leaks"} 0', 'fortress_maintenance_step_well{step="logs"} 1']);
});

describe("backups", () => {
  const linesOf = (overrides: Parameters<typeof report>[0]): string[] => renderMetrics(report(overrides)).split("\n").filter((line) => line.startsWith("fortress_backup"));
  const BACKUP = { enabled: true, latest: [], older: 0 };
  const OVERDUE = { id: "backup.overdue", severity: "warn", detail: "d", remedy: "r" } as const;

  it("tell when the newest verified one was made, how large it is, and how the last drill ended", () => {
    const backup = { ...BACKUP, lastSuccess: "2026-05-01T03:00:00Z", bytes: 4_096, lastDrill: { at: "2026-05-01T04:00:00Z", outcome: "passed" } } as const;
    expect(linesOf({ backup })).toEqual([
      "fortress_backup_overdue 0",
      "fortress_backup_last_success_seconds 1777604400",
      "fortress_backup_last_success_bytes 4096",
      "fortress_backup_last_drill_seconds 1777608000",
      "fortress_backup_last_drill_well 1",
    ]);
    expect(linesOf({ backup: { ...backup, lastDrill: { ...backup.lastDrill, outcome: "failed" } } })).toContain("fortress_backup_last_drill_well 0");
  });

  it("are overdue where the status says so, and have no sample where there is none", () => {
    expect(linesOf({ backup: BACKUP, findings: [OVERDUE] })).toEqual(["fortress_backup_overdue 1"]);
    expect(linesOf({})).toEqual([]);
  });
});
