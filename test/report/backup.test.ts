import { expect, it } from "vitest";
import type { BackupReport } from "../../src/model/backup.ts";
import { latestLines } from "../../src/report/backup.ts";
import { renderChat } from "../../src/report/chat.ts";
import { toJson } from "../../src/report/json.ts";
import { expectSchema, report } from "../fixtures/report.ts";

const at = new Date(2026, 10, 28, 3).toISOString();
const BACKUP: BackupReport = {
  ...{ enabled: true, directory: "/b", older: 1 },
  latest: [
    { at, outcome: "failed", detail: "no space\n\u202e<b>", kept: [] },
    { set: "000001-2026-11-28T03-00-00Z", at, outcome: "verified", bytes: 2 ** 20, files: 3, databases: 1, tookMs: 900, encrypted: false, kept: ["one of the newest"] },
  ],
};

it("lists the latest backups in the whole status, one line each, inert", () => {
  const lines = renderChat(report({ backup: BACKUP })).split("\n");
  expect(lines.slice(-3)).toEqual(["  2026-11-28 03:00 · failed · no space ?<b>", "  2026-11-28 03:00 · verified · 1 MiB · 3 files · 1 database · 0.9 s · kept: one of the newest", "  1 older set: openclaw fortress backup list"]);
  expect(latestLines({ ...BACKUP, latest: [], older: 0 })).toEqual([]);
});

it("gives them as JSON, as its schema has it", () => {
  const json = toJson(report({ backup: BACKUP }));
  expectSchema(json);
  expect(json.backup).toEqual(BACKUP);
});
