import { describe, expect, it } from "vitest";
import { runWorker } from "../../src/edge/process.ts";

const never = new AbortController().signal;

/** Runs a script of sh, which gets `input`. */
async function sh(script: string, options: Partial<Parameters<typeof runWorker>[2]> = {}) {
  const lines: string[] = [];
  const began = performance.now();
  const result = await runWorker("sh", ["-c", script], { input: "", line: (text) => lines.push(text), deadlineMs: 20_000, graceMs: 300, signal: never, ...options });
  return { ...result, lines, ms: performance.now() - began };
}

it("hands its input over and what it says on, line by line, the last one too", async () => {
  expect(await sh("cat; printf 'no end'", { input: "one\ntwo\n" })).toMatchObject({ code: 0, lines: ["one", "two", "no end"], timedOut: false, missing: false });
});

it("tells its exit code and what it complains of", async () => {
  expect(await sh("echo said; echo why >&2; exit 7")).toMatchObject({ code: 7, lines: ["said"], stderr: "why" });
});

it("is not there where it is not installed", async () => {
  expect(await runWorker("no-such-program-here", [], { input: "x", line: () => {}, deadlineMs: 5_000, graceMs: 100, signal: never })).toMatchObject({ code: undefined, missing: true });
});

it("may leave its input unread", async () => {
  expect(await sh("exec <&-; exit 0", { input: "x".repeat(2 ** 20) })).toMatchObject({ code: 0 });
});

describe("one that is to end", () => {
  it("may tidy up first", async () => {
    const abort = new AbortController();
    const running = sh("trap 'echo tidied; exit 3' TERM; echo ready; while :; do sleep 0.05; done", { signal: abort.signal, graceMs: 10_000, line: () => abort.abort() });
    expect(await running).toMatchObject({ code: 3 });
  });

  it("is killed with all that it started when it does not", async () => {
    const ended = await sh("trap '' TERM; sleep 60 & while :; do sleep 0.1; done", { deadlineMs: 200 });
    expect(ended).toMatchObject({ code: undefined, timedOut: true });
    expect(ended.ms).toBeLessThan(10_000);
  });

  it("ends at once where nobody wants it any more", async () => {
    expect(await sh("sleep 60", { signal: AbortSignal.abort() })).toMatchObject({ code: undefined, timedOut: false });
  });
});
