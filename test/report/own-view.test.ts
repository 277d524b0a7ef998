import { expect, it } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { renderChat } from "../../src/report/chat.ts";
import { toJson } from "../../src/report/json.ts";
import { ownView } from "../../src/report/own-view.ts";
import { expectSchema, report, SANDBOX } from "../fixtures/report.ts";

const finding = (detail: string, remedy = "Mend it.", id = "limits.not-enforced"): Finding => ({ id, severity: "critical", detail, remedy });
const OWN = SANDBOX;
const OTHER = { ...SANDBOX, name: "openclaw-sbx-ops", agentId: "ops" };
const SHARED = { ...SANDBOX, name: "openclaw-sbx-shared", agentId: undefined };
const WHOLE = report({
  verdict: "exposed",
  sandboxes: [OWN, OTHER, SHARED],
  findings: [finding(`${OWN.name}: no memory limit.`), finding(`${OTHER.name}: no memory limit.`), finding("Everything.", `Recreate ${OTHER.name}.`), finding("Agent main is not sandboxed.", "Set mode.", "host.sandbox-off")],
});

it("is the agent's own and shared sandboxes, with the verdict of the whole", () => {
  const view = ownView(WHOLE, "main");
  expect(view.sandboxes).toEqual([OWN, SHARED]);
  expect(view.verdict).toBe("exposed");
  expect(JSON.stringify(view)).not.toContain("ops");
});

it("counts the findings that it leaves out, and says nothing where there are none", () => {
  expect(ownView(WHOLE, "main").findings.map(({ detail }) => detail)).toEqual([`${OWN.name}: no memory limit.`, "Agent main is not sandboxed.", "2 more findings are about what this agent does not see."]);
  expect(ownView({ ...WHOLE, findings: WHOLE.findings.slice(1, 2) }, "main").findings).toMatchObject([{ severity: "info", detail: "1 more finding is about what this agent does not see." }]);
  const single = report({ sandboxes: [OWN], findings: [finding(`${OWN.name}: x`)] });
  expect(ownView(single, "main")).toEqual(single);
});

it("tells of no place where somebody's secret is, nor of what was done for all", () => {
  const leaked = { ...finding("The value of A stands in /w/ops/.env."), id: "secrets.leaked" };
  const view = ownView(report({ findings: [leaked, { ...leaked, id: "secrets.unsearched" }], maintenance: { ranAt: "2026-05-01T03:00:00Z", steps: [] } }), "main");
  expect([view.findings.map(({ id }) => id), view.maintenance]).toEqual([["fortress.elsewhere"], undefined]);
});

it.each([
  ["backup.degraded", "The newest backup lacks something: agents/ops/agent/x.sqlite (locked)."],
  ["backup.failed", "The backup failed: /srv/backups is full."],
  ["backup.afterwards-failed", `It was not taken elsewhere: restic ended with 1: no key for ${OWN.name}`],
  ["maintenance.failed", `The step containers failed: ${OWN.name}: /var/lib/x`],
  ["logs.unbounded", "/home/ada/.openclaw/logs/gateway.log holds 900 MB."],
  ["notify.failed", "The operator could not be told of something: tell ended with 1."],
  ["secrets.leaked", `The value of A stands in /var/lib/containers/${OWN.name}/x.`],
  ["secrets.differ", "OPS_KEY has one value in file and another in environment."],
  ["mounts.bind-replaced", 'bind "/srv/ops:/srv/ops" is not used.'],
  ["host.sandbox-off", "Agent ops-main is not sandboxed: its commands run on the host."],
  ["host.sandbox-off", "Agent ops is not sandboxed: its commands run on the host."],
  ["limits.not-enforced", "One that nobody names: no memory limit."],
  ["made-up.later", `${OWN.name}: something.`],
])("tells nothing of %s but that it is there: %s", (id, detail) => {
  const view = ownView(report({ sandboxes: [OWN], findings: [finding(detail, `Mend ${detail}`, id)] }), "main");
  expect(view.findings).toEqual([expect.objectContaining({ id: "fortress.elsewhere", detail: "1 more finding is about what this agent does not see." })]);
});

it.each([
  ["posture.network-open", `${OWN.name}: it has a network (eth0).`],
  ["posture.seccomp-engine", "Sandboxes have the engine's default filter."],
  ["disk.high", `${OWN.name}: 21 GiB, more than 20 GiB.`],
  ["lockdown.active", "Sandboxes are locked down: asked for in chat."],
  ["backup.overdue", "There is no verified backup."],
  ["attestation.host-command", "A command of main was about to run on the host."],
  ["host.backend-foreign", 'Agent main uses the sandbox backend "ssh".'],
])("tells %s in full: %s", (id, detail) => {
  const whole = report({ sandboxes: [OWN], findings: [finding(detail, "Mend it.", id)] });
  expect(ownView(whole, "main")).toEqual(whole);
});

it("is the shared sandboxes for a session without an agent", () => {
  expect(ownView(WHOLE, undefined).sandboxes).toEqual([SHARED]);
});

it("names the secrets that are granted to the agent, and nobody else's name or secret", () => {
  const grants = [{ agentId: "main", secrets: ["GITHUB_TOKEN"] }, { agentId: "ops", secrets: ["OPS_KEY"] }];
  expect(ownView({ ...WHOLE, grants }, "main").grants).toEqual(grants.slice(0, 1));
  expect(ownView({ ...WHOLE, grants }, undefined).grants).toEqual([]);
  expect(JSON.stringify(ownView({ ...WHOLE, grants }, "main"))).not.toMatch(/ops|OPS/);
  expectSchema(toJson({ ...WHOLE, grants }));
});

it("says nothing of deeds, which tell of others", () => {
  expect(Object.keys(ownView({ ...WHOLE, timeline: { deeds: [], older: 0 } }, "main"))).toEqual(["verdict", "sandboxes", "findings"]);
});

it("says when backups were made, and neither where they lie nor what is in them", () => {
  const entry = { set: "000001-2026-11-28T03-00-00Z", at: "2026-11-28T03:00:00Z", outcome: "degraded" as const, kept: [] };
  const backup = { enabled: true, directory: "/backups", lastSuccess: "2026-11-27T03:00:00Z", latest: [{ ...entry, detail: "agents/ops/agent/x.sqlite (locked)" }], older: 3 };
  const view = ownView({ ...WHOLE, backup }, "main");
  expect(view.backup).toEqual({ enabled: true, lastSuccess: "2026-11-27T03:00:00Z", latest: [entry], older: 3 });
  expectSchema(toJson(view));
  expect(renderChat(view)).toMatch(/^backup: 2026-11-27 /m);
});
