import { expect, it } from "vitest";
import type { LedgerRecord } from "../../src/model/ledger.ts";
import { renderLog } from "../../src/report/log.ts";

const RECORDS: LedgerRecord[] = [
  { seq: 1, at: "2026-11-25T03:00:00.123Z", pid: 1, action: "limits.restored", target: "one", because: "memory was larger", outcome: "done" },
  { seq: 2, at: "2026-11-25T03:05:00.000Z", pid: 1, action: "lockdown", because: "asked in chat", outcome: "failed", detail: "podman is down" },
];

it("shows the last records, the newest last", () => {
  expect(renderLog({ records: RECORDS }, 9)).toBe("2026-11-25T03:00:00Z · limits.restored one: memory was larger\n2026-11-25T03:05:00Z ✗ lockdown (failed): asked in chat (podman is down)");
  expect(renderLog({ records: RECORDS }, 1)).toMatch(/^\(1 older records\)\n2026-11-25T03:05/);
});

it("says when there is nothing, and when it can't be believed", () => {
  expect(renderLog({ records: [] }, 5)).toBe("Nothing was done yet.");
  expect(renderLog({ records: RECORDS, damage: "line 3 was changed" }, 5)).toMatch(/\n✗ The ledger does not hold as a whole: line 3 was changed\.$/);
});
