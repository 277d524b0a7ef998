import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { readSandboxRegistry } from "../../src/edge/sandbox-registry.ts";
import { tempDir } from "../fixtures/temp.ts";

function database(sql?: string): string {
  const stateDir = tempDir();
  mkdirSync(join(stateDir, "state"));
  const path = join(stateDir, "state/openclaw.sqlite");
  if (sql === undefined) writeFileSync(path, "no database");
  else new DatabaseSync(path).exec(sql);
  return stateDir;
}

const TABLE = "CREATE TABLE sandbox_registry_entries (registry_kind TEXT NOT NULL, container_name TEXT NOT NULL, entry_json TEXT NOT NULL, PRIMARY KEY (registry_kind, container_name)) STRICT;";

it("knows sandboxes and their browsers", async () => {
  const stateDir = database(`${TABLE} INSERT INTO sandbox_registry_entries VALUES ('container', 'sbx', '{}'), ('browser', 'web', '{}')`);
  expect(await readSandboxRegistry(stateDir)).toEqual(new Set(["sbx", "web"]));
  expect(await readSandboxRegistry(database(TABLE))).toEqual(new Set());
});

it.each<[string, () => string]>([
  ["there is no database", tempDir],
  ["it is none", () => database()],
  ["it has no registry", () => database("CREATE TABLE other (x TEXT)")],
])("knows nothing where %s", async (_, make) => {
  expect(await readSandboxRegistry(make())).toBeUndefined();
});
