import { expect, it } from "vitest";
import { readUnit } from "../../src/health/unit.ts";

const INVOCATION = "8c3cb442d89442f98a5ee609f0790784";

const show = (changes: Record<string, string> = {}): string =>
  Object.entries({
    LoadState: "loaded", ActiveState: "active", Result: "success", MainPID: "42", ControlGroup: "/user.slice/g.service", ExecMainCode: "0", ExecMainStatus: "0", InvocationID: INVOCATION, NRestarts: "1", ActiveEnterTimestampMonotonic: "5000000",
    Environment: "HOME=/home/op TOKEN=canary OPENCLAW_GATEWAY_PORT=4000", ExecStart: "{ path=/usr/bin/node ; argv[]=/usr/bin/node /x/openclaw.mjs gateway --port 4001 ; ignore_errors=no }", ...changes,
  }).map(([key, value]) => `${key}=${value}`).join("\n");

it("reads a running unit, and of its words only the port", () => {
  const unit = readUnit("g.service", show(), 65_000);
  expect(unit).toEqual({ name: "g.service", active: "active", result: "success", pid: 42, group: "/user.slice/g.service", invocation: INVOCATION, exitStatus: undefined, restarts: 1, activeForMs: 60_000, port: 4001 });
  expect(JSON.stringify(unit)).not.toContain("canary");
});

it.each<[string, Record<string, string>, object]>([
  ["a port by =", { ExecStart: "argv[]=node gateway --port=4002 ;" }, { port: 4002 }],
  ["a port of the environment", { ExecStart: "argv[]=node gateway ;" }, { port: 4000 }],
  ["no port", { ExecStart: "argv[]=node gateway ;", Environment: "" }, { port: undefined }],
  ["an exit", { ActiveState: "failed", ExecMainCode: "1", ExecMainStatus: "78", MainPID: "0" }, { active: "failed", exitStatus: 78, pid: 0, activeForMs: undefined }],
  ["a signal of the same number", { ActiveState: "failed", ExecMainCode: "2", ExecMainStatus: "9" }, { exitStatus: undefined }],
  ["no process", { MainPID: "0", ControlGroup: "" }, { pid: 0, group: "" }],
  ["no run yet", { InvocationID: "" }, { invocation: undefined }],
  ["an id that is none", { InvocationID: "8c3c _PID=1" }, { invocation: undefined }],
  ["a clock that is behind", { ActiveEnterTimestampMonotonic: "99000000" }, { activeForMs: 0 }],
])("%s", (_, changes, expected) => {
  expect(readUnit("g.service", show(changes), 65_000)).toMatchObject(expected);
});

it.each([show({ LoadState: "not-found" }), show({ LoadState: "masked" }), show({ ActiveState: "odd" }), ""])("knows nothing of %j", (output) => {
  expect(readUnit("g.service", output, 0)).toBeUndefined();
});
