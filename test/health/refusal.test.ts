import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { passingRefusal } from "../../src/health/refusal.ts";

const OPENCLAW = join(import.meta.dirname, "../../node_modules/openclaw/dist");
const START = "[gateway] loading configuration…\n";

it.each([
  ["a lease that expired under it", "OpenClaw startup migration lease was lost before startup migrations completed; retry so migrations can run under a fresh lease."],
  ["one of somebody else", "OpenClaw startup migrations are already running for this state directory; retry after the other OpenClaw process finishes or after 2026-11-28T16:28:35.345Z. (held by pid 1)"],
  ["a heartbeat that came too late", "Gateway failed to start: agent database maintenance lease agent-databases/maintenance was lost | state lease heartbeat did not become ready (phase=startup, trigger=timeout). Stop the service with openclaw gateway stop"],
  ["a lease that is taken", "plugin lifecycle lease plugins.lifecycle/global is held by 4711 (lease epoch 3)"],
  ["a configuration that was just being written", "OpenClaw migration inputs changed during startup (config); refusing to report the gateway ready. Restart OpenClaw so state migrations run against the final config and plugin inventory."],
])("passes: %s", (_, line) => {
  expect(line).toContain(passingRefusal(`${START}${line}\n`));
});

it.each([
  ["startup-migration-checkpoint", "startup migration lease was lost before startup migrations completed"],
  ["startup-migration-checkpoint", "startup migrations are already running for this state directory"],
  ["openclaw-state-lease-storage", "${params.leaseLabel} ${params.scope}/${params.key} was lost"],
  ["openclaw-state-lease-error", "is held by ${outcome.holder.owner} (lease epoch"],
  ["openclaw-state-lease-heartbeat", "state lease heartbeat did not become ready"],
  ["openclaw-state-lease-heartbeat", "state lease heartbeat is not responsive"],
  ["openclaw-state-lease-heartbeat", "state lease heartbeat lease expired"],
  ["openclaw-state-lease-heartbeat", "state lease heartbeat exited"],
  ["doctor-config-preflight", "migration inputs changed during startup"],
])("are still words of OpenClaw's %s: %s", (chunk, words) => {
  const files = readdirSync(OPENCLAW).filter((name) => name.startsWith(`${chunk}-`));
  expect(files.some((name) => readFileSync(join(OPENCLAW, name), "utf8").includes(words))).toBe(true);
});

it.each([
  ["a configuration", "Invalid config at ~/.openclaw/openclaw.json:\n- gateway.mode: Invalid input"],
  ["a state of a newer OpenClaw", "[gateway] gateway requires a newer OpenClaw build. Stop the service with openclaw gateway stop, then restore your pre-update backup"],
  ["a state that is to be migrated by hand", "[gateway] requires session store migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix"],
  ["another gateway", "Another gateway (pid 12) already owns this state directory; refusing to run automatic startup migrations"],
  ["a word of it elsewhere", "[agents] released lease of workspace a"],
  ["nothing that can be read", ""],
])("does not pass: %s", (_, said) => {
  expect(passingRefusal(`${START}${said}`)).toBeUndefined();
});
