import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createFortress } from "../../src/fortress.ts";
import { commandSecrets } from "../../src/host/config-secrets.ts";
import { localEdges } from "../../src/host/edges.ts";
import type { Engine } from "../support/engine.ts";
import { countEngineCalls } from "../support/engine-calls.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { steady, timed } from "./statistics.ts";

const ROUNDS = 8;

/** What one look at one sandbox takes, beside one plain call of the engine about the same container in the same round. */
export interface VerifyCost {
  readonly what: "quick" | "full";
  /** Milliseconds, one a round. */
  readonly own: readonly number[];
  /** Of `podman inspect` for the quick checks, of `podman exec … true` for all of them. */
  readonly plain: readonly number[];
  /** Starts of the engine in one look, in every round the same or the first that differs. */
  readonly starts: readonly string[];
}

/** Examines a container that is closed as a sandbox is. */
export async function measureVerifyCost(engine: Engine): Promise<VerifyCost[]> {
  const image = await ensureSandboxImage(engine, { log: () => {} });
  const home = mkdtempSync("/home/fortress-bench-");
  const stateDir = join(home, ".openclaw");
  mkdirSync(stateDir);
  const closed = ["--user", "65532:65532", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "512", "--env", "HOME=/tmp"];
  const id = await engine.podman(["run", "--detach", "--init", "--network", "none", ...closed, image, "sleep", "infinity"]);
  const calls = await countEngineCalls("podman");
  const path = process.env.PATH;
  Object.assign(process.env, engine.env, { PATH: `${calls.folder}:${path}` });
  try {
    const edges = localEdges(home, stateDir, commandSecrets({}, () => ({})));
    const { isolation } = createFortress({}, edges);
    const container = (await edges.engine("podman").inspect(id))!;
    const look = (quick: boolean) => async (): Promise<void> => void (await isolation.examine("podman", container, {}, { quick }));
    return [
      { what: "quick", ...(await rounds(look(true), async () => void (await engine.podman(["inspect", id])), calls.take)) },
      { what: "full", ...(await rounds(look(false), async () => void (await engine.podman(["exec", id, "true"])), calls.take)) },
    ];
  } finally {
    process.env.PATH = path;
    await engine.podman(["rm", "--force", "--time", "0", id]);
    await calls.remove();
    rmSync(home, { recursive: true, force: true });
  }
}

async function rounds(look: () => Promise<void>, plain: () => Promise<void>, take: () => Promise<readonly string[]>): Promise<Omit<VerifyCost, "what">> {
  // The first one also asks for what later ones know, such as the runtime's version.
  await look();
  await plain();
  const own: number[] = [];
  const beside: number[] = [];
  const starts: (readonly string[])[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await take();
    own.push(await timed(look));
    starts.push(await take());
    beside.push(await timed(plain));
  }
  return { own, plain: beside, starts: steady(starts) };
}
