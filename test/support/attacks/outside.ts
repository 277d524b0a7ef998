import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readKernelFile } from "../../../src/edge/kernel.ts";
import { readLimits } from "../../../src/limits/cgroup.ts";
import type { ObservedLimits } from "../../../src/model/sandbox.ts";
import type { Answer, Outside, OutsideRow } from "./row.ts";

/** What an agent leaves behind so that the host can be looked at. */
export const LEAVE_BEHIND = `cp /bin/true /workspace/.setuid && chmod 4755 /workspace/.setuid`;

const held = (detail: unknown): Answer => ({ verdict: "HELD", detail: String(detail) });
const warn = (detail: unknown): Answer => ({ verdict: "WARN", detail: String(detail) });
const fail = (detail: unknown): Answer => ({ verdict: "FAIL", detail: String(detail) });

const limit = (read: (limits: ObservedLimits) => number | undefined, atMost: number) => ({ pid }: Outside): Answer => {
  const value = read(readLimits(readKernelFile, pid));
  return value !== undefined && value <= atMost ? held(value) : fail(value ?? "unknown");
};

/** The attacks whose effect only the host sees. */
export const OUTSIDE: readonly OutsideRow[] = [
  {
    id: "FS-05",
    group: "filesystem",
    hardened: "no setuid program of the host's root",
    look({ workspace }) {
      const { uid, mode } = lstatSync(join(workspace, ".setuid"));
      return uid === 0 && (mode & 0o4000) !== 0 ? fail("one of root's") : held(`uid ${uid}`);
    },
  },
  {
    id: "SEC-05",
    group: "secrets",
    hardened: "no key in the container's own environment",
    look({ inspect }) {
      const found = inspect.Config.Env.map((entry) => entry.split("=", 1)[0]!).filter((name) => /(key|token|secret|password)$/i.test(name));
      return found.length > 0 ? fail(found.join(" ")) : held("none");
    },
  },
  { id: "RES-01", group: "resource", hardened: "memory is limited, swap included", look: limit(({ memorySwap }) => memorySwap, 8 * 2 ** 30) },
  { id: "RES-03", group: "resource", hardened: "CPU is limited", look: limit(({ cpus }) => cpus, 4) },
  { id: "RES-04", group: "resource", hardened: "processes are limited", look: limit(({ pids }) => pids, 512) },
  {
    id: "RES-09",
    group: "resource",
    hardened: "the container's log is bounded",
    look({ inspect, pid }) {
      const { Type, Config } = inspect.HostConfig.LogConfig;
      // Who writes Podman's log is the parent of the container's first process.
      const writer = readFileSync(`/proc/${/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]}/cmdline`, "utf8").split("\0");
      const bound = writer.includes("--log-size-max") ? writer[writer.indexOf("--log-size-max") + 1] : Config?.["max-size"];
      if (!["k8s-file", "json-file"].includes(Type)) return held(Type);
      return bound === undefined ? fail(`${Type} without a size`) : held(bound);
    },
  },
  {
    id: "RES-16",
    group: "resource",
    hardened: "the engine shows what the kernel enforces",
    look({ inspect, pid }) {
      const { memory } = readLimits(readKernelFile, pid);
      const shown = inspect.HostConfig.Memory;
      return memory !== undefined && shown === memory ? held(shown) : fail(`shown ${shown}, enforced ${memory}`);
    },
  },
  {
    id: "PRIV-03",
    group: "privilege",
    hardened: "it does not run as root of the host",
    look({ pid }) {
      const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
      return uid === "0" ? fail("root") : held(`uid ${uid}`);
    },
  },
  {
    id: "PRIV-15",
    group: "privilege",
    hardened: "informational: a runtime without known escapes",
    look: ({ runtimeVersion }) => (/^runc version 1\.([01]\.|2\.[0-7]\b|3\.[0-2]\b)/.test(runtimeVersion) ? warn(runtimeVersion) : held(runtimeVersion)),
  },
];
