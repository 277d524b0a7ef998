import { existsSync } from "node:fs";
import { join } from "node:path";

const BUSY_MS = 2_000;

/**
 * Names of all containers that OpenClaw knows as its sandboxes, browsers too; undefined when that
 * can't be read. For a process of its own: it opens the live database, read-only. Source: OpenClaw's
 * `agents/sandbox/registry`.
 */
export async function readSandboxRegistry(stateDir: string): Promise<ReadonlySet<string> | undefined> {
  const path = join(stateDir, "state/openclaw.sqlite");
  if (!existsSync(path)) return undefined;
  try {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    try {
      return new Set(database.prepare("SELECT container_name AS name FROM sandbox_registry_entries").all().map(({ name }) => String(name)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}
