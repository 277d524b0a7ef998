import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { verdictService } from "../../src/host/verdict-service.ts";
import { watchStatus } from "../../src/host/watched-status.ts";
import type { Report } from "../../src/model/report.ts";
import { report } from "../fixtures/report.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EXPOSED = report({ verdict: "exposed", findings: [{ id: "a.b", severity: "critical", detail: "d", remedy: "r" }] });

function start(emit: (...args: unknown[]) => void) {
  const status = vi.fn<() => Promise<Report>>(async () => report());
  const watched = watchStatus(status);
  const service = verdictService(watched);
  const logger = { info: vi.fn(), error: vi.fn() };
  const health = { reportFailure: vi.fn(), clearFailure: vi.fn() };
  const context = { logger, gatewayEvents: { emit }, serviceHealth: health } as unknown as Parameters<typeof service.start>[0];
  void service.start(context);
  return { status, watched, logger, health, stop: () => void service.stop?.(context) };
}

it("looks by itself, and tells a change as an event for those who may read", async () => {
  const emit = vi.fn();
  const { status, logger, stop } = start(emit);
  await vi.advanceTimersByTimeAsync(1);
  expect(status).toHaveBeenCalledTimes(1);
  status.mockResolvedValue(EXPOSED);
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(emit).toHaveBeenCalledExactlyOnceWith("verdict", { verdict: "exposed", before: "hardened", critical: 1, warn: 0 }, { scope: "operator.read" });
  expect(logger.info).toHaveBeenCalledOnce();
  stop();
  status.mockResolvedValue(report());
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(status).toHaveBeenCalledTimes(2);
});

it("shows what is critical in OpenClaw's own health, as long as it is open", async () => {
  const { status, health } = start(vi.fn());
  await vi.advanceTimersByTimeAsync(1);
  expect([health.reportFailure.mock.calls.length, health.clearFailure.mock.calls.length]).toEqual([0, 1]);
  status.mockResolvedValue(EXPOSED);
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(health.reportFailure).toHaveBeenLastCalledWith(new Error("fortress: d Remedy: r"));
  status.mockResolvedValue(report());
  health.clearFailure.mockClear();
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(health.clearFailure).toHaveBeenCalled();
});

it("takes the status from nobody when the event cannot be sent", async () => {
  const { status, watched, logger, stop } = start(() => {
    throw new Error("the service is stopping");
  });
  await vi.advanceTimersByTimeAsync(1);
  status.mockResolvedValue(EXPOSED);
  expect((await watched.status()).verdict).toBe("exposed");
  expect(logger.error).toHaveBeenCalledWith("the service is stopping");
  status.mockRejectedValue(new Error("podman is down"));
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(logger.error).toHaveBeenCalledWith("podman is down");
  stop();
});
