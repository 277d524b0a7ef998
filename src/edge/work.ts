import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Work } from "../model/gateway.ts";
import { readRegularFile } from "./files.ts";
import { processIdentity } from "./kernel.ts";

const MAX_LOCK_BYTES = 65_536;
/** An update that has not moved for this long was left behind by a crash. */
const UPDATE_STALE_MS = 3_600_000;
/** The window of OpenClaw's crash-loop breaker. Source: its `infra/gateway-boot-lifecycle`. */
const UNCLEAN_WINDOW_MS = 300_000;
const BUSY_MS = 2_000;
const UNCLEAN = `SELECT count(*) AS n FROM gateway_boot_lifecycle
  WHERE (startup_reason IS NULL OR startup_reason NOT IN ('gateway.maintenance_required', 'gateway.agent_media_migration_required'))
    AND ((completed_at_ms IS NULL AND started_at_ms >= ?) OR (outcome = 'startup_failed' AND completed_at_ms >= ?))`;

/**
 * What else works on the state directory, by OpenClaw's own marks: the lock of its state with the role
 * of who holds it (`infra/gateway-lock`), and the runs of updates and of the gateway in its database.
 * For a process of its own: it opens the live database, read-only. Undefined when that fails.
 *
 * @param now milliseconds since the epoch, as OpenClaw writes them
 */
export async function readWork(stateDir: string, now: number): Promise<Work | undefined> {
  try {
    const maintenance = maintenanceOf(stateDir);
    const { update, uncleanStarts } = await readDatabase(join(stateDir, "state/openclaw.sqlite"), now);
    return { running: maintenance ?? update, uncleanStarts };
  } catch {
    return undefined;
  }
}

function maintenanceOf(stateDir: string): string | undefined {
  const suffix = process.getuid ? `openclaw-${process.getuid()}` : "openclaw";
  const path = join(realpathSync(stateDir), "tmp", suffix, "gateway.state.lock");
  if (!existsSync(path)) return undefined;
  const { pid, role } = JSON.parse(readRegularFile(path, { maxBytes: MAX_LOCK_BYTES, followLinks: false }).text) as { pid?: unknown; role?: unknown };
  if (role === undefined || role === "gateway" || typeof pid !== "number") return undefined;
  return processIdentity(pid) === undefined ? undefined : `OpenClaw works on its state (${String(role).slice(0, 40)}, process ${pid}).`;
}

async function readDatabase(path: string, now: number): Promise<{ update: string | undefined; uncleanStarts: number }> {
  if (!existsSync(path)) return { update: undefined, uncleanStarts: 0 };
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  try {
    const tables = new Set(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all().map(({ name }) => name));
    const update = tables.has("update_runs") ? database.prepare("SELECT phase FROM update_runs WHERE status = 'running' AND updated_at_ms > ? ORDER BY updated_at_ms DESC LIMIT 1").get(now - UPDATE_STALE_MS) : undefined;
    const since = now - UNCLEAN_WINDOW_MS;
    const unclean = tables.has("gateway_boot_lifecycle") ? database.prepare(UNCLEAN).get(since, since) : undefined;
    return { update: update && `An update of OpenClaw runs (${String(update.phase)}).`, uncleanStarts: Number(unclean?.n ?? 0) };
  } finally {
    database.close();
  }
}
