import { expect, it, vi } from "vitest";
import { watchStatus } from "../../src/host/watched-status.ts";
import type { Verdict } from "../../src/model/report.ts";
import { report } from "../fixtures/report.ts";

/** A status that gives these verdicts one after the other. */
function verdicts(...each: Verdict[]) {
  const status = vi.fn(async () => report({ verdict: each[status.mock.calls.length - 1]! }));
  return status;
}

it("calls back when the verdict is another one, with the one before", async () => {
  const watched = watchStatus(verdicts("hardened", "hardened", "exposed", "hardened", "unknown"));
  const seen: string[] = [];
  const unwatch = watched.onVerdict(({ verdict }, before) => seen.push(`${before} ${verdict}`));
  for (let look = 0; look < 4; look += 1) await watched.status();
  expect(seen).toEqual(["hardened exposed", "exposed hardened"]);
  unwatch();
  await watched.status();
  expect(seen).toHaveLength(2);
});

it("looks once for all who ask at the same time, and anew afterwards", async () => {
  const status = verdicts("hardened", "exposed");
  const watched = watchStatus(status);
  const [one, two] = await Promise.all([watched.status(), watched.status()]);
  expect(one).toBe(two);
  expect((await watched.status()).verdict).toBe("exposed");
  expect(status).toHaveBeenCalledTimes(2);
});

it("looks again after a failure, which tells nothing of the verdict", async () => {
  const status = vi.fn(async () => report()).mockRejectedValueOnce(new Error("down"));
  const watched = watchStatus(status);
  await expect(watched.status()).rejects.toThrow("down");
  expect((await watched.status()).verdict).toBe("hardened");
});

it("shows every answer to who reads them, until he has enough", async () => {
  const reports = [report({ verdict: "hardened" }), report({ verdict: "exposed" }), report({ verdict: "hardened" })];
  const watched = watchStatus(async () => reports.shift()!);
  const read: string[] = [];
  const stop = watched.onReport(({ verdict }) => void read.push(verdict));
  await watched.status();
  await watched.status();
  stop();
  await watched.status();
  expect(read).toEqual(["hardened", "exposed"]);
});
