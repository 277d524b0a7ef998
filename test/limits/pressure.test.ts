import { expect, it } from "vitest";
import { readPressure } from "../../src/limits/pressure.ts";
import { cgroup, kernel, type KernelFiles } from "../fixtures/kernel.ts";

const ID = "ab".repeat(32);
const V2 = { "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n" };
const SCOPE = `/sys/fs/cgroup/user.slice/libpod-${ID}.scope`;
const CPU = "usage_usec 100\nnr_periods 200\nnr_throttled 50\nthrottled_usec 7";
const EVENTS = "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0";
const NOTHING = { oomKills: undefined, pidsHits: undefined, throttled: undefined };

it.each<[string, KernelFiles, ReturnType<typeof readPressure>]>([
  ["cgroup v2", { ...V2, "/proc/7/cgroup": `0::/user.slice/libpod-${ID}.scope\n`, ...cgroup(SCOPE, { "memory.events": EVENTS, "pids.events": "max 12", "cpu.stat": CPU }) }, { oomKills: 3, pidsHits: 12, throttled: 0.25 }],
  [
    "crun, which puts the processes one level below the limits",
    { ...V2, "/proc/7/cgroup": `0::/user.slice/libpod-${ID}.scope/container\n`, ...cgroup(SCOPE, { "memory.events": EVENTS, "pids.events": "max 12", "cpu.stat": CPU }), ...cgroup(`${SCOPE}/container`, { "memory.events": EVENTS, "pids.events": "max 0", "cpu.stat": "nr_periods 0\nnr_throttled 0" }) },
    { oomKills: 3, pidsHits: 12, throttled: 0.25 },
  ],
  [
    "a slice of many, whose hits are not this container's",
    { ...V2, "/proc/7/cgroup": "0::/user.slice/other\n", ...cgroup("/sys/fs/cgroup/user.slice/other", { "pids.events": "max 1" }), ...cgroup("/sys/fs/cgroup/user.slice", { "pids.events": "max 99" }) },
    { ...NOTHING, pidsHits: 1 },
  ],
  [
    "cgroup v1",
    { "/proc/7/cgroup": `9:memory:/m\n8:pids:/p\n7:cpu,cpuacct:/c\n`, ...cgroup("/sys/fs/cgroup/memory/m", { "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2" }), ...cgroup("/sys/fs/cgroup/pids/p", { "pids.events": "max 5" }), ...cgroup("/sys/fs/cgroup/cpu/c", { "cpu.stat": "nr_periods 10\nnr_throttled 1\nthrottled_time 8" }) },
    { oomKills: 2, pidsHits: 5, throttled: 0.1 },
  ],
  ["no period yet", { ...V2, "/proc/7/cgroup": "0::/x\n", ...cgroup("/sys/fs/cgroup/x", { "cpu.stat": "nr_periods 0\nnr_throttled 0" }) }, { ...NOTHING, throttled: 0 }],
  ["nothing that can be read", {}, NOTHING],
])("reads %s", (_, files, expected) => {
  expect(readPressure(kernel(files), 7)).toEqual(expected);
});
