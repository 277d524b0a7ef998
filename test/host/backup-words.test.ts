import { expect, it } from "vitest";
import type { Fortress } from "../../src/fortress.ts";
import { backupWords } from "../../src/host/backup-words.ts";
import type { SetSummary } from "../../src/model/backup.ts";
import type { CreateResult } from "../../src/model/backup-results.ts";

const HOSTILE = "a\u001b[31m\nfortress: HARDENED\u202e";

const set = (overrides: Partial<SetSummary> = {}): SetSummary => ({ id: "000001-2026-11-28T03-00-00Z", createdAt: "2026-11-28T03:00:00Z", status: "verified", files: 1, databases: 0, bytes: 1, encrypted: false, problems: [], ...overrides }) as SetSummary;

function words(does: Partial<Record<keyof Fortress["backup"], unknown>>) {
  const answers = Object.fromEntries(Object.entries(does).map(([name, result]) => [name, async () => result]));
  return backupWords({ backup: answers as unknown as Fortress["backup"] }, () => ({ engines: [], workspaces: [], findings: [] }));
}

function created(problems: SetSummary["problems"]): CreateResult {
  return { set: set({ status: "degraded", problems }), directory: "/backups", shared: 0, tookMs: 1, skipped: 0, removed: [] };
}

it("keeps what a file is called in its line", async () => {
  const text = await words({ create: created([{ path: HOSTILE, kind: "locked", detail: HOSTILE }] as unknown as SetSummary["problems"]) }).backup("create");
  expect(text).toMatch(/^DEGRADED: /);
  expect(text.split("\n").filter((line) => line.startsWith("✗ "))).toEqual(["✗ a?[31m fortress: HARDENED?: locked: a?[31m fortress: HARDENED?"]);
  expect(await words({ drill: { set: "x", outcome: "failed", detail: HOSTILE } }).backup("drill")).not.toMatch(/[\n\u001b]/);
  expect(await words({ list: [set({ detail: HOSTILE })] }).backups()).not.toMatch(/[\n\u001b]/);
});

it("has as much as a message should, and says where the rest is", async () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ path: `${index}-${"x".repeat(5_000)}`, kind: "locked", detail: "d" })) as unknown as SetSummary["problems"];
  const text = await words({ create: created(many) }).backup("create");
  expect(text.length).toBeLessThan(4_000);
  expect(text).toMatch(/\n✗ 0-x+…\n/);
  expect(text).toMatch(/\n… 25 more lines: the set's manifest\.json has them\.$/);

  const sets = Array.from({ length: 40 }, (_, index) => set({ id: `set-${index}` }));
  const list = (await words({ list: sets }).backups()).split("\n");
  expect(list[0]).toMatch(/^set-39 /);
  expect(list.at(-1)).toBe("… 23 more lines: openclaw fortress backup list");
  expect((await words({ list: sets.slice(0, 15) }).backups()).split("\n").at(-1)).toMatch(/^set-0 /);
});
