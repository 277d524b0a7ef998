import { expect, it } from "vitest";
import { isBusy } from "../../src/flows/busy.ts";
import { container } from "../fixtures/container.ts";
import { cgroup, kernel, type KernelFiles } from "../fixtures/kernel.ts";

const OWN = { "/proc/4711/cgroup": "0::/c\n" };
const PROBE = { "/proc/9/cmdline": "/bin/sh\0-lc\0echo fortress-probe-alive\0" };

it.each<[string, KernelFiles, boolean, boolean]>([
  ["init and sleep", { ...OWN, ...cgroup("/sys/fs/cgroup/c", { "pids.current": "2" }) }, true, false],
  ["a command besides", { ...OWN, ...cgroup("/sys/fs/cgroup/c", { "pids.current": "3", "cgroup.procs": "4711\n7\n8" }) }, true, true],
  ["a probe of ours besides", { ...OWN, ...PROBE, ...cgroup("/sys/fs/cgroup/c", { "pids.current": "3", "cgroup.procs": "4711\n7\n9" }) }, true, false],
  ["a command, and nobody counts tasks", { ...OWN, ...cgroup("/sys/fs/cgroup/c", { "cgroup.procs": "4711\n7\n8" }) }, true, true],
  ["what can't be counted", OWN, true, true],
  ["nothing any more", {}, false, false],
])("a sandbox with %s is busy, or not", (_, files, visible, busy) => {
  expect(isBusy({ readKernel: kernel(files), isVisible: () => visible }, container())).toBe(busy);
});

it("is found out without a look at what hundreds of processes are called", () => {
  const looks: string[] = [];
  const read = kernel({ ...OWN, ...cgroup("/sys/fs/cgroup/c", { "pids.current": "512", "cgroup.procs": Array.from({ length: 512 }, (_, index) => index + 1).join("\n") }) });
  const readKernel = (path: string): string | undefined => (looks.push(path), read(path));
  expect(isBusy({ readKernel, isVisible: () => true }, container())).toBe(true);
  expect(looks.filter((path) => path.endsWith("cmdline"))).toEqual([]);
});
