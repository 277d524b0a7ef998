import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runProcess } from "../../src/edge/process.ts";
import { tempDir } from "../fixtures/temp.ts";

const run = (script: string, deadlineMs = 10_000, ...args: string[]): ReturnType<typeof runProcess> => runProcess("sh", ["-c", script, "sh", ...args], { deadlineMs });

function alive(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
  return stat !== "" && !/\) [ZX] /.test(stat);
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => alive(pid)).toBe(false);
}

/** Runs until the deadline, which is long enough for a busy machine; the script writes the pid of its grandchild to `$1`. */
async function runPastDeadline(script: string): Promise<{ result: Awaited<ReturnType<typeof runProcess>>; seconds: number; child: number; grandchild: number }> {
  const directory = tempDir();
  const started = performance.now();
  const result = await run(`echo $$ > ${directory}/child; ${script}`, 2_000, join(directory, "grandchild"));
  const seconds = (performance.now() - started) / 1_000;
  const pid = (name: string): number => {
    const read = Number(readFileSync(join(directory, name), "utf8"));
    // 0 would be this process's own group.
    expect(read, name).toBeGreaterThan(1);
    return read;
  };
  return { result, seconds, child: pid("child"), grandchild: pid("grandchild") };
}

describe("a process that ends", () => {
  it.each([
    ["echo out; echo err >&2", { code: 0, stdout: "out", stderr: "err" }],
    ["echo out; echo err >&2; exit 7", { code: 7, stdout: "out", stderr: "err" }],
    ["cat", { code: 0, stdout: "", stderr: "" }],
    ["kill -9 $$", { code: undefined, stdout: "", stderr: "" }],
  ])("%s", async (script, expected) => {
    expect(await run(script)).toEqual({ ...expected, timedOut: false, missing: false });
  });

  it("gets an input and an environment of its own where they are given, and nothing else", async () => {
    const { stdout } = await runProcess("/bin/sh", ["-c", "cat; env | sort"], { deadlineMs: 10_000, input: "in\n", env: { ONE: "1" } });
    expect(stdout.split("\n").filter((line) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(line))).toEqual(["in", "ONE=1"]);
    expect((await runProcess("true", [], { deadlineMs: 10_000, input: "x".repeat(2 ** 20) })).code).toBe(0);
  });

  it("gets its arguments as they are, without a shell", async () => {
    const args = ["a b", "$(id)", ";id", "*", "", "-n"];
    expect((await runProcess("printf", ["%s|", ...args], { deadlineMs: 10_000 })).stdout).toBe(args.map((arg) => `${arg}|`).join(""));
  });
});

it("says that a program is missing", async () => {
  expect(await runProcess("fortress-no-such-program", [], { deadlineMs: 10_000 })).toMatchObject({ code: undefined, missing: true, timedOut: false });
});

it("does not call a program missing that fails", async () => {
  expect(await run("fortress-no-such-program")).toMatchObject({ code: 127, missing: false });
});

describe("the deadline", () => {
  it("ends a process that ignores SIGTERM, with the grandchild that holds its pipe open", async () => {
    const { result, seconds, child, grandchild } = await runPastDeadline("trap '' TERM; echo out; sleep 60 & echo $! > $1; wait; sleep 60");
    expect(result).toMatchObject({ code: undefined, timedOut: true, missing: false });
    expect(seconds).toBeLessThan(10);
    await gone(child);
    await gone(grandchild);
  });

  it("comes early by a signal", async () => {
    const directory = tempDir();
    const controller = new AbortController();
    const running = runProcess("sh", ["-c", `echo $$ > ${directory}/child; sleep 60`], { deadlineMs: 60_000, signal: controller.signal });
    await expect.poll(() => existsSync(join(directory, "child"))).toBe(true);
    controller.abort();
    expect(await running).toMatchObject({ code: undefined });
    await gone(Number(readFileSync(join(directory, "child"), "utf8")));
  });

  it("has come where the signal was given before", async () => {
    expect(await runProcess("sleep", ["2"], { deadlineMs: 60_000, signal: AbortSignal.abort() })).toMatchObject({ code: undefined });
  });

  it("ends a stopped process", async () => {
    const { result, seconds, child } = await runPastDeadline("echo $$ > $1; kill -STOP $$");
    expect(result.timedOut).toBe(true);
    expect(seconds).toBeLessThan(10);
    await gone(child);
  });

  it("holds when a grandchild in a session of its own keeps the pipe open", async () => {
    const { result, seconds, child, grandchild } = await runPastDeadline("setsid sh -c 'echo $$ > $1; exec sleep 60' sh $1 & sleep 60");
    onTestFinished(() => void process.kill(grandchild, "SIGKILL"));
    expect(result.timedOut).toBe(true);
    expect(seconds).toBeLessThan(10);
    await gone(child);
    expect(alive(grandchild)).toBe(true);
  });

  it("holds when the process is gone and only the grandchild is left", async () => {
    const { result, seconds, grandchild } = await runPastDeadline("sleep 60 & echo $! > $1");
    expect(result.timedOut).toBe(true);
    expect(seconds).toBeLessThan(10);
    await gone(grandchild);
  });
});
