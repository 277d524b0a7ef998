import { join } from "node:path";
import { counterFile } from "../../../src/edge/counter-file.ts";
import { createStoreEdge } from "../../../src/edge/files.ts";
import { createLedger } from "../../../src/edge/ledger.ts";
import { createTreeWalker } from "../../../src/edge/tree.ts";
import { type Core, createCore, type Edges, type MaintenanceEdge } from "../../../src/flows/core.ts";
import type { HostFacts } from "../../../src/flows/status.ts";
import type { Container } from "../../../src/model/sandbox.ts";
import { container } from "../../fixtures/container.ts";
import { fakeEngine } from "../../fixtures/engine.ts";
import { createHome, type Home } from "../../fixtures/home.ts";
import { emptyDisk, idleMaintenance, stillWatch } from "../../fixtures/watch.ts";

const DAY = 86_400_000;
export const NOW = new Date("2026-05-20T03:12:00Z");
export const daysAgo = (days: number): number => NOW.getTime() - days * DAY;

export interface MaintenanceWorld {
  readonly home: Home;
  readonly core: Core;
  readonly host: HostFacts;
  readonly state: { now: Date; containers: Container[]; removed: string[]; engineDown: boolean };
  /** What the ledger has, oldest first. */
  deeds(): Promise<string[]>;
}

/** A state directory on the real disk with an engine that has the given containers. */
export function maintenanceWorld({ config = {}, maintenance = {}, engine = {} }: { config?: Record<string, unknown>; maintenance?: Partial<MaintenanceEdge>; engine?: Parameters<typeof fakeEngine>[0] } = {}): MaintenanceWorld {
  const home = createHome();
  const state: MaintenanceWorld["state"] = { now: NOW, containers: [], removed: [], engineDown: false };
  const ledger = createLedger(join(home.stateDir, "fortress"), () => state.now.getTime());
  const edges = {
    home: home.dir,
    stateDir: home.stateDir,
    engine: () =>
      fakeEngine({
        sandboxes: async () => {
          if (state.engineDown) throw new Error("podman is down");
          return state.containers;
        },
        removeStopped: async (id) => void state.removed.push(id),
        ...engine,
      }),
    layout: home.facts().layout,
    storeEdge: createStoreEdge(process.getuid?.() ?? 0),
    secrets: { surroundings: () => ({ inGateway: false, environment: {}, plaintext: [] }), agents: () => ["main"], onNew: () => {} },
    scan: { walker: createTreeWalker, describe: { container: async () => "", image: async () => "" }, now: () => performance.now() },
    readKernel: () => undefined,
    isVisible: () => false,
    readMounts: () => undefined,
    ledger,
    watch: stillWatch,
    disk: emptyDisk,
    maintenance: { ...idleMaintenance, record: counterFile(join(home.stateDir, "fortress/maintenance.json")), now: () => state.now, ...maintenance },
  } as unknown as Edges;
  return {
    home,
    core: createCore(config, edges),
    host: { engines: ["podman"], workspaces: [home.workspace], findings: [] },
    state,
    deeds: async () => (await ledger.read()).records.map(({ action, target, outcome }) => [action, target, outcome].filter(Boolean).join(" ")),
  };
}

/** A sandbox of this world's gateway. */
export function sandbox(home: Home, overrides: Partial<Container> = {}): Container {
  return container({ labels: { "openclaw.sandbox": "1" }, binds: [{ source: home.workspace, target: "/workspace", mode: "rw" }], ...overrides });
}
