import { describe, expect, it } from "vitest";
import { JOBS, type Surroundings, unitName } from "../../src/units/jobs.ts";
import { launchAgent } from "../../src/units/launchd.ts";
import { ownershipOf } from "../../src/units/mark.ts";
import { systemdUnits } from "../../src/units/systemd.ts";
import { scheduledTask } from "../../src/units/task-scheduler.ts";

const AROUND: Surroundings = { node: "/usr/bin/node", program: "/home/op/.openclaw/extensions/fortress/bin/fortress.mjs", stateDir: "/home/op/.openclaw", env: {}, profile: undefined };
const ODD: Surroundings = { node: "/opt/no de/bin/node", program: '/home/o"p/100% $HOME\\&<x>/fortress.mjs', stateDir: "/home/o p/.openclaw-work", env: { OPENCLAW_PROFILE: "work", OPENCLAW_STATE_DIR: "/home/o p/.openclaw-work" }, profile: "work" };

it.each(JOBS)("writes the units of $id", async (job) => {
  for (const { name, text } of systemdUnits(job, AROUND)) await expect(text).toMatchFileSnapshot(`golden/${name}`);
  for (const { name, text } of [launchAgent(job, AROUND), scheduledTask(job, AROUND)]) await expect(text).toMatchFileSnapshot(`golden/${name}`);
});

it.each(JOBS)("is never taken for a gateway: $id", (job) => {
  for (const around of [AROUND, ODD]) {
    expect(unitName(job, around)).not.toMatch(/^openclaw-gateway/);
    const [service] = systemdUnits(job, around);
    expect(service!.text.split("\n").find((line) => line.startsWith("ExecStart="))).not.toMatch(/gateway/i);
    expect(service!.text).not.toContain("OPENCLAW_SERVICE_MARKER");
  }
});

/** What a user's manager does only without new privileges, or in a user namespace. Source: systemd.exec(5). */
const SHUTS_OUT_NEWUIDMAP = /^(NoNewPrivileges|PrivateUsers|Private\w+|Protect\w+|Restrict\w+|LockPersonality|MemoryDenyWriteExecute|DynamicUser|CapabilityBoundingSet|AmbientCapabilities|SystemCall\w+|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths)=/m;

it.each(JOBS)("lets what calls a rootless engine set up its namespace, and nothing else: $id", (job) => {
  const [service] = systemdUnits(job, AROUND);
  expect(SHUTS_OUT_NEWUIDMAP.test(service!.text)).toBe(job.confined);
});

describe("odd names", () => {
  const [health] = JOBS;

  it("mean nothing to systemd", () => {
    const [service, timer] = systemdUnits(health!, ODD);
    expect([service!.name, timer!.name]).toEqual(["openclaw-fortress-health-work.service", "openclaw-fortress-health-work.timer"]);
    expect(service!.text.split("\n")).toEqual(expect.arrayContaining([
      'ExecStart="/opt/no de/bin/node" "/home/o\\"p/100%% $$HOME\\\\&<x>/fortress.mjs" "health" "--heal"',
      'Environment="OPENCLAW_STATE_DIR=/home/o p/.openclaw-work"',
      'ReadWritePaths="/home/o p/.openclaw-work/fortress" -"/home/o p/.openclaw-work/state"',
    ]));
  });

  it("can't break out of a line", () => {
    expect(() => systemdUnits(health!, { ...AROUND, program: "/x\nExecStartPre=/bin/evil" })).toThrow(/can't stand in a unit file/);
  });

  it("can't be given to a scheduled task as environment", () => {
    expect(() => scheduledTask(health!, ODD)).toThrow(/OPENCLAW_PROFILE can't be given/);
  });
});

it("knows its own files from others", () => {
  for (const { text } of JOBS.flatMap((job) => [...systemdUnits(job, AROUND), launchAgent(job, AROUND), scheduledTask(job, AROUND)])) {
    expect(ownershipOf(text)).toBe("ours");
    expect(ownershipOf(`${text}#`)).toBe("edited");
    expect(ownershipOf(text.slice(0, -1))).toBe("edited");
    expect(ownershipOf(`\n${text}`)).toBe("foreign");
  }
  expect(ownershipOf("")).toBe("foreign");
});
