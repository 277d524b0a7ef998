import { expect, it } from "vitest";
import { classify, readinessOf } from "../../src/health/classify.ts";
import type { Liveness, ProbeResponse } from "../../src/model/gateway.ts";

const answer = (status: number, body: string): ProbeResponse => ({ kind: "answer", status, body });

it.each<[ProbeResponse, Liveness, RegExp]>([
  [answer(200, '{"ok":true,"status":"live"}'), "live", /answers/],
  [{ kind: "refused" }, "down", /Nothing listens on port 7\./],
  [{ kind: "reset" }, "down", /closed without an answer/],
  [{ kind: "timeout" }, "down", /gives no answer/],
  [{ kind: "failed", code: "EHOSTUNREACH" }, "down", /EHOSTUNREACH/],
  [answer(503, '{"ok":false,"status":"starting"}'), "starting", /says that it is starting/],
  [answer(503, '{"ok":false,"status":"draining"}'), "draining", /says that it is draining/],
  [answer(500, '{"ok":false}'), "down", /status 500/],
  [answer(502, "Bad Gateway"), "foreign", /is not an OpenClaw gateway/],
  // The Control UI is served with 200 for every path that nobody claims.
  [answer(200, "<!doctype html><title>OpenClaw</title>"), "foreign", /is not an OpenClaw gateway/],
  [answer(200, '{"ok":true}'), "foreign", /is not/],
  [answer(200, '{"ok":false,"status":"live"}'), "foreign", /is not/],
  [answer(200, '["ok"]'), "foreign", /is not/],
  [answer(200, ""), "foreign", /is not/],
  [answer(401, '{"error":"unauthorized"}'), "foreign", /status 401/],
  [answer(204, '{"ok":true,"status":"live"}'), "foreign", /status 204/],
])("%j is %s", (response, liveness, because) => {
  expect(classify(response, 7)).toEqual({ liveness, because: expect.stringMatching(because) as string });
});

it.each<[ProbeResponse, ReturnType<typeof readinessOf>]>([
  [answer(200, '{"ready":true,"failing":[]}'), { ready: true, failing: [] }],
  [answer(503, '{"ready":false,"failing":["telegram",{"x":1},"db"]}'), { ready: false, failing: ["telegram", "db"] }],
  [answer(200, '{"ready":true}'), { ready: true, failing: [] }],
  [answer(200, "<html>"), undefined],
  [{ kind: "timeout" }, undefined],
])("readiness of %j", (response, expected) => {
  expect(readinessOf(response)).toEqual(expected);
});

it("shortens what a gateway names without end", () => {
  const failing = Array.from({ length: 50 }, () => "x".repeat(500));
  const { failing: shown } = readinessOf(answer(503, JSON.stringify({ ready: false, failing })))!;
  expect([shown.length, shown[0]!.length]).toEqual([20, 80]);
});
