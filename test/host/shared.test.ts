import { expect, it, onTestFinished, vi } from "vitest";
import { sharedStatus, shareStatus } from "../../src/host/shared.ts";
import type { Report } from "../../src/model/report.ts";

const status = async (): Promise<Report> => ({ verdict: "unknown", sandboxes: [], findings: [] });
const other: typeof status = async () => status();

it("is that of the latest instance, and an older one takes nothing away from it", () => {
  expect(sharedStatus()).toBeUndefined();
  const unshare = shareStatus(status);
  onTestFinished(unshare);
  expect(sharedStatus()).toBe(status);
  const unshareOther = shareStatus(other);
  onTestFinished(unshareOther);
  unshare();
  expect(sharedStatus()).toBe(other);
  unshareOther();
  expect(sharedStatus()).toBeUndefined();
});

it("is seen by a second evaluation of the module", async () => {
  onTestFinished(shareStatus(status));
  vi.resetModules();
  const copy = await import("../../src/host/shared.ts");
  expect(copy.sharedStatus).not.toBe(sharedStatus);
  expect(copy.sharedStatus()).toBe(status);
});
