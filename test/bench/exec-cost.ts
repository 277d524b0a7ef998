import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import * as sdk from "openclaw/plugin-sdk/sandbox";
import type { CreateParams, Handle } from "openclaw/plugin-sdk/sandbox";
import { createFortress } from "../../src/fortress.ts";
import { localEdges } from "../../src/host/edges.ts";
import { commandSecrets } from "../../src/host/config-secrets.ts";
import { installSeam } from "../../src/host/sandbox-seam.ts";
import type { Engine } from "../support/engine.ts";
import { ensureSandboxImage } from "../support/image.ts";

const WARM_UP = 500;
const ROUNDS = 5_000;
const KEYS = 8;

/** What fortress adds to the making of one exec, in milliseconds. */
export interface ExecCost {
  /** One number a round. */
  readonly clock: readonly number[];
  /** Of CPU time, on average: without what other processes of a busy machine take in between. */
  readonly cpu: number;
}

/**
 * Measures fortress's own seam over a backend that answers at once, with a real container, the
 * kernel's real files and a real secrets file.
 */
export async function measureExecCost(engine: Engine): Promise<ExecCost> {
  const image = await ensureSandboxImage(engine, { log: () => {} });
  const home = mkdtempSync("/home/fortress-bench-");
  const id = await engine.podman(["run", "--detach", "--init", "--network", "none", image, "sleep", "infinity"]);
  // Fortress starts its own engine processes; they have to find the same store.
  Object.assign(process.env, engine.env);
  try {
    return await measure(id, home);
  } finally {
    await engine.podman(["rm", "--force", "--time", "1", id]);
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(id: string, home: string): Promise<ExecCost> {
  const stateDir = join(home, ".openclaw");
  const workspaceDir = join(stateDir, "workspace");
  mkdirSync(workspaceDir, { recursive: true });
  writeSecrets(join(home, ".config/openclaw-secrets"));

  const inner: Handle = {
    runtimeId: id,
    buildExecSpec: async ({ command, env }) => ({ argv: ["podman", "exec", "-i", "-w", "/workspace", id, "/bin/sh", "-lc", command], env: { ...env } }),
  };
  const forget = sdk.registerSandboxBackend!("podman", { factory: async () => inner });
  const edges = localEdges(home, stateDir, commandSecrets({}, () => ({})));
  // The container was not made by fortress, and passes only some of the checks.
  const fortress = createFortress({ attestation: { mode: "audit" } }, edges);
  const restore = installSeam({ fortress, now: Date.now, removeContainer: (_, name) => edges.engine("podman").remove(name), storageOf: () => edges.engine("podman").storage(), agentCount: () => 1, chooseEngine: () => "podman" });
  try {
    const params: CreateParams = {
      sessionKey: "agent:main:main",
      scopeKey: "agent:main",
      workspaceDir,
      agentWorkspaceDir: workspaceDir,
      cfg: { workspaceAccess: "rw", docker: { workdir: "/workspace" }, browser: { enabled: false } },
    };
    const wrapped = await sdk.getSandboxBackendFactory!("podman")!(params);
    const call = { command: "true", workdir: "/workspace", env: { LANG: "C.UTF-8", PATH: "/usr/bin", HOME: "/workspace" }, usePty: false };
    const { argv } = await wrapped.buildExecSpec(call);
    if (argv.filter((word) => word === "-e").length !== KEYS) throw new Error(`The measured exec carries no keys: ${argv.join(" ")}`);
    return await rounds(() => wrapped.buildExecSpec(call), () => inner.buildExecSpec(call));
  } finally {
    restore();
    forget();
  }
}

async function rounds(wrapped: () => Promise<unknown>, inner: () => Promise<unknown>): Promise<ExecCost> {
  const clock: number[] = [];
  for (let round = 0; round < WARM_UP; round += 1) await wrapped();
  const before = process.threadCpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await wrapped();
    const between = performance.now();
    await inner();
    clock.push(between - start - (performance.now() - between));
  }
  // Many kernels count CPU time in ticks of milliseconds, so only the sum says something.
  const { user, system } = process.threadCpuUsage(before);
  return { clock, cpu: (user + system) / 1_000 / ROUNDS };
}

function writeSecrets(folder: string): void {
  const file = join(folder, "secrets.env");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, Array.from({ length: KEYS }, (_, index) => `BENCH_KEY_${index}=${"x".repeat(64)}\n`).join(""));
  chmodSync(folder, 0o700);
  chmodSync(file, 0o600);
}
