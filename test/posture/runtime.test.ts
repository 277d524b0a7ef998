import { expect, it } from "vitest";
import { runtimeProgram } from "../../src/posture/runtime.ts";
import { kernel, type KernelFiles } from "../fixtures/kernel.ts";

const MONITOR: KernelFiles = {
  "/proc/4711/stat": "4711 (a) b) S 815 4711 4711 0 -1",
  "/proc/815/comm": "conmon\n",
  "/proc/815/cmdline": ["/usr/bin/conmon", "-c", "id", "-r", "/usr/bin/crun", "--exit-command-arg", "--runtime", "--exit-command-arg", "runc", ""].join("\0"),
};

it.each<[string, KernelFiles, string | undefined]>([
  ["by its monitor", {}, "/usr/bin/crun"],
  ["by the long option", { "/proc/815/cmdline": "conmon\0--runtime\0/opt/runc\0" }, "/opt/runc"],
  ["not by another parent", { "/proc/815/comm": "containerd-shim\n" }, undefined],
  ["not by a monitor that can't be read", { "/proc/815/cmdline": "" }, undefined],
  ["not by a monitor without the option", { "/proc/815/cmdline": "/usr/bin/conmon\0-c\0id\0" }, undefined],
  ["not by what is no path", { "/proc/815/cmdline": "conmon\0-r\0crun\0" }, undefined],
  ["not where the process is gone", { "/proc/4711/stat": "" }, undefined],
])("the program that started a container is known %s", (_, files, program) => {
  expect(runtimeProgram(kernel({ ...MONITOR, ...files }), 4711)).toBe(program);
});
