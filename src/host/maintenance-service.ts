import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { monotonicClock } from "../edge/clock.ts";
import { EXIT } from "../cli/command.ts";
import { runProcess } from "../edge/process.ts";
import { createDaily, type Daily } from "../flows/maintenance/daily.ts";
import type { Fortress } from "../fortress.ts";
import { handOver } from "./handed.ts";

/** More than all steps together may take. */
const DEADLINE_MS = 6 * 3_600_000;
const MOST_TEXT = 300;

/** The maintenance of a gateway: begun by it, done by a process of its own, which may open OpenClaw's database and read for minutes. */
export function dailyMaintenance({ maintenance }: Pick<Fortress, "maintenance">, api: Plugin, stateDir: string): Daily {
  return createDaily(monotonicClock, maintenance, maintenanceProcess(api, stateDir));
}

type Plugin = Pick<OpenClawPluginApi, "rootDir" | "pluginConfig">;

/** Runs that process until it ends or is told to; resolves to why the maintenance did not come to its end, if it did not. */
export function maintenanceProcess({ rootDir = "", pluginConfig }: Plugin, stateDir: string): (signal: AbortSignal) => Promise<string | undefined> {
  return async (signal) => {
    const { code, stdout, stderr, timedOut } = await runProcess(process.execPath, [join(rootDir, "bin/fortress.mjs"), "maintenance", "--gateway", "--json"], { deadlineMs: DEADLINE_MS, signal, ...handOver(pluginConfig, stateDir) });
    // What the steps came to stands in the status; here counts only that they were done.
    if (signal.aborted || code === EXIT.ok || code === EXIT.failed || code === EXIT.unknown) return undefined;
    if (timedOut) return `it was ended after ${DEADLINE_MS / 3_600_000} hours`;
    return (messageIn(stdout) ?? (stderr.trim().slice(-MOST_TEXT) || `its process ended with ${code ?? "a signal"}`)).slice(0, MOST_TEXT);
  };
}

export function maintenanceService(daily: Daily): Parameters<OpenClawPluginApi["registerService"]>[0] {
  return { id: "fortress-maintenance", start: () => daily.start(), stop: () => daily.stop() };
}

function messageIn(json: string): string | undefined {
  try {
    return (JSON.parse(json) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
