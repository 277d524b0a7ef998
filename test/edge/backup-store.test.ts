import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backupStore } from "../../src/edge/backup-store.ts";
import { tempDir } from "../fixtures/temp.ts";

it("removes at a sudden end what is its own, and not what another process works on", () => {
  const directory = tempDir();
  const store = backupStore(directory);
  const others = [".partial-000007-2026-11-28T03-00-00Z", ".drill-000006-2026-11-28T03-00-00Z", ".removing-x"].map((name) => join(directory, name));
  for (const other of others) mkdirSync(other);
  const own = (["partial", "drill"] as const).map((kind) => store.scratch(kind, "000008-2026-11-28T03-00-00Z"));
  store.cleanOwn();
  expect([others.map(existsSync), own.map(existsSync)]).toEqual([[true, true, true], [false, false]]);
});
