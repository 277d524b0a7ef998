import { expect, it } from "vitest";
import { runHealth } from "../../src/cli/health.ts";
import type { Decision, HealthReport, Liveness } from "../../src/model/gateway.ts";

async function run(report: Partial<HealthReport>, options: { heal?: boolean; json?: boolean } = {}) {
  const printed = { out: "", err: "" };
  let code: number | undefined;
  const seen: HealthReport = { state: "live", because: "The gateway answers.", port: 7, readiness: undefined, failures: 0, decision: { action: "none", because: "The gateway answers." }, outcome: undefined, evidence: undefined, ...report };
  const terminal = { out: (text: string) => void (printed.out += text), err: (text: string) => void (printed.err += text), interactive: false };
  await runHealth({ health: async () => seen, terminal, exit: (given) => void (code = given) }, options);
  return { ...printed, code };
}

const LEFT: Decision = { action: "leave", because: "No service manager knows it." };
const STOPPED: Decision = { action: "leave", because: "It is stopped.", meant: true };

it.each<[Liveness | "unknown", Decision, number, number]>([
  ["live", { action: "none", because: "The gateway answers." }, 0, 0],
  ["down", STOPPED, 1, 0],
  ["down", LEFT, 1, 1],
  ["down", { action: "wait", because: "1 of 3 failures in a row." }, 1, 1],
  ["down", { action: "restart", because: "It hangs." }, 1, 1],
  ["starting", STOPPED, 1, 0],
  ["draining", { action: "wait", because: "It drains." }, 1, 1],
  ["foreign", LEFT, 3, 3],
  ["unknown", LEFT, 3, 3],
])("%s and %j end with %i, and with %i for the timer", async (state, decision, asked, timer) => {
  expect((await run({ state, decision })).code).toBe(asked);
  expect((await run({ state, decision }, { json: true })).code).toBe(asked);
  expect((await run({ state, decision }, { heal: true })).code).toBe(timer);
});

it("says what was seen and done, and nothing that a terminal obeys", async () => {
  const { out } = await run({ state: "down", because: "It hangs\u001b[31m.", decision: { action: "restart", because: "Third failure." }, outcome: "It is starting.", evidence: "/evidence/1.json" }, { heal: true });
  expect(out).toBe("down: It hangs?[31m.\nrestart: Third failure.\nrestarted: It is starting.\nWhat was seen is kept in /evidence/1.json\n");
});

it("says that a gateway that lives is not ready", async () => {
  expect((await run({ readiness: { ready: false, failing: ["telegram"] } })).out).toBe("live: The gateway answers.\n! Not ready: telegram.\n");
});
