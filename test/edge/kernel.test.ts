import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isVisible, processIdentity, readKernelFile, readMachine, readMounts } from "../../src/edge/kernel.ts";
import { container } from "../fixtures/container.ts";
import { tempDir } from "../fixtures/temp.ts";

const NO_SUCH_PID = 2 ** 30;

async function start(command: string, ...args: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  return child as ChildProcess & { pid: number };
}

describe("readKernelFile", () => {
  it("reads what is there", () => {
    expect(readKernelFile("/proc/self/comm")).toMatch(/\n$/);
  });

  it.each(["/proc/no-such-file", "/proc", `/proc/${NO_SUCH_PID}/stat`, "/proc/self/mem"])("gives nothing for %s", (path) => {
    expect(readKernelFile(path)).toBeUndefined();
  });
});

it("knows the machine", () => {
  const { cpus, memory } = readMachine();
  expect(cpus).toBeGreaterThanOrEqual(1);
  expect(memory).toBeGreaterThan(2 ** 20);
  expect(readKernelFile("/proc/meminfo")).toMatch(new RegExp(`^MemTotal: +${memory / 1024} kB$`, "m"));
});

describe("processIdentity", () => {
  it("stays the same for a process and is its start time", () => {
    const identity = processIdentity(process.pid);
    expect(identity).toMatch(/^\d+$/);
    expect(processIdentity(process.pid)).toBe(identity);
    expect(Number(identity) / 100).toBeLessThanOrEqual(Number(readKernelFile("/proc/uptime")?.split(" ")[0]));
  });

  it("is not misled by a program's name", async () => {
    const program = join(tempDir(), "a) S 1 (b");
    copyFileSync("/bin/sleep", program);
    const child = await start(program, "60");
    await expect.poll(() => readKernelFile(`/proc/${child.pid}/stat`)).toContain("(a) S 1 (b)");
    expect(Number(processIdentity(child.pid))).toBeGreaterThan(Number(processIdentity(process.pid)));
  });

  it.each([NO_SUCH_PID, 0, -1])("knows no process %d", (pid) => {
    expect(processIdentity(pid)).toBeUndefined();
  });

  it("forgets one that ended", async () => {
    const child = await start("sleep", "60");
    expect(processIdentity(child.pid)).toBeDefined();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(processIdentity(child.pid)).toBeUndefined();
  });
});

describe("readMounts", () => {
  it("sees the mounts of this process", () => {
    const mounts = readMounts(process.pid);
    expect(mounts).toContainEqual(expect.objectContaining({ target: "/proc", fsType: "proc" }));
    expect(mounts?.every(({ target, mode, fsType }) => target.startsWith("/") && /^r[ow]$/.test(mode) && fsType !== "")).toBe(true);
    expect(mounts?.filter(({ target }) => target === "/")).toHaveLength(1);
  });

  it("knows nothing of a process that is not there", () => {
    expect(readMounts(NO_SUCH_PID)).toBeUndefined();
  });

  // A mount namespace of one's own takes root, and a container may not be allowed one.
  it.runIf(spawnSync("unshare", ["--mount", "true"]).status === 0)("tells modes apart and reads names with blanks", async () => {
    const directory = tempDir();
    const names = ["read only", "back\\slash", "tab\tline\nend", "ünï"];
    names.forEach((name) => mkdirSync(join(directory, name)));
    const script = 'for name; do mount -t tmpfs tmpfs "$name" || exit 1; done; mount -o remount,bind,ro "$1" || exit 1; echo ready; exec sleep 60';
    const child = await start("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", ...names.map((name) => join(directory, name)));
    await once(child.stdout!, "data");
    const seen = readMounts(child.pid)?.filter(({ target }) => target.startsWith(directory));
    expect(seen).toEqual(names.map((name, index) => ({ target: join(directory, name), mode: index === 0 ? "ro" : "rw", fsType: "tmpfs", device: expect.stringMatching(/^\d+:\d+$/) as string, root: "/", options: expect.arrayContaining([index === 0 ? "ro" : "rw", "relatime"]) as string[] })));
  });
});

describe("isVisible", () => {
  it("takes no process for a container's own whose mounts don't come from that container", () => {
    expect(isVisible(container({ pid: process.pid }))).toBe(false);
    expect(isVisible(container({ pid: 0 }))).toBe(false);
  });
});
