import { existsSync } from "node:fs";
import { prepareRootlessEngine } from "../support/setup.ts";
import { describeAttacks } from "./attacks.suite.ts";

/** A rootless engine without delegated controllers; on it fortress refuses sandboxes unless it is told to warn. */
const LIMITS = ["resource.memory", "resource.memory-and-swap", "resource.cpus", "resource.pids", "resource.own-cgroup"];

describeAttacks("rootless", () => prepareRootlessEngine({ log: () => {} }), () => (existsSync("/sys/fs/cgroup/cgroup.controllers") ? [] : LIMITS));
