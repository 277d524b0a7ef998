import { existsSync } from "node:fs";
import { prepareRootlessEngine } from "../support/setup.ts";
import { describeAttacks } from "./attacks.suite.ts";

/** A rootless engine without delegated controllers; on it fortress refuses sandboxes unless it is told to warn. */
const NOT_LIMITED = {
  open: ["resource.memory", "resource.memory-and-swap", "resource.cpus", "resource.engine-agrees", "resource.own-cgroup"],
  // The root cgroup has no such file.
  unknown: ["resource.pids"],
};

describeAttacks("rootless", () => prepareRootlessEngine({ log: () => {} }), existsSync("/sys/fs/cgroup/cgroup.controllers") ? undefined : NOT_LIMITED);
