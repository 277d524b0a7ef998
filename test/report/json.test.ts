import { Value } from "@sinclair/typebox/value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.ts";
import { toJson } from "../../src/report/json.ts";
import { ReportSchema } from "../../src/report/schema.ts";
import { expectSchema, POSTURE, report, SANDBOX, VERDICT } from "../fixtures/report.ts";

describe("the report as JSON", () => {
  it("says unlimited and null where JSON has no word", () => {
    const json = toJson(report({ sandboxes: [{ ...SANDBOX, agentId: undefined, mounts: undefined, posture: { ...POSTURE, uid: undefined, core: Infinity }, attestation: { ...VERDICT, configHash: undefined } }] }));
    expect(json).toMatchObject({
      schemaVersion: 1,
      sandboxes: [
        {
          agentId: null,
          mounts: null,
          limits: [{ name: "memory" }, { name: "memorySwap", actual: "unlimited" }, { name: "cpus" }, { name: "pids", wanted: 512, actual: null }],
          attestation: { containerId: VERDICT.containerId, configHash: null },
          posture: { uid: null, core: "unlimited", tmpfs: [{ target: "/tmp" }, { target: "/run", size: null }] },
        },
      ],
    });
    expectSchema(json);
  });

  it("loses nothing on its way through text", () => {
    const json = toJson(report({ sandboxes: [{ ...SANDBOX, posture: POSTURE }] }));
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  const quantity = fc.oneof(fc.constant(Infinity), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.constant(undefined));
  const anyReport: fc.Arbitrary<Report> = fc.record({
    verdict: fc.constantFrom("hardened", "attention", "exposed", "unknown"),
    findings: fc.array(fc.record({ id: fc.constantFrom("mounts.violation", "host.seam-missing"), severity: fc.constantFrom("info", "warn", "critical"), detail: fc.string({ unit: "binary" }), remedy: fc.string() })),
    sandboxes: fc.array(
      fc.record({
        name: fc.string({ unit: "binary" }),
        engine: fc.constantFrom("podman", "docker"),
        agentId: fc.option(fc.string(), { nil: undefined }),
        running: fc.boolean(),
        mounts: fc.option(fc.array(fc.record({ target: fc.string(), mode: fc.constantFrom("ro", "rw") })), { nil: undefined }),
        limits: fc.array(fc.record({ name: fc.constantFrom("memory", "memorySwap", "cpus", "pids"), wanted: fc.nat(), actual: quantity })),
        disk: fc.record({ bytes: fc.option(fc.nat(), { nil: undefined }), files: fc.option(fc.nat(), { nil: undefined }), log: fc.option(fc.nat(), { nil: undefined }) }),
        attestation: fc.constantFrom(VERDICT, { ...VERDICT, configHash: undefined }, undefined),
        clipped: fc.array(fc.string()),
        posture: fc.constantFrom(POSTURE, undefined),
        secrets: fc.array(fc.string()),
      }),
    ),
  });

  it("keeps to its schema whatever was observed", () => {
    fc.assert(fc.property(anyReport, (each) => Value.Check(ReportSchema, JSON.parse(JSON.stringify(toJson(each))))));
  });
});

describe("the schema", () => {
  it.each<[string, object]>([
    ["a field that it does not document", { extra: 1 }],
    ["an unknown verdict", { verdict: "fine" }],
    ["a finding whose id has no topic", { findings: [{ id: "host-seam-missing", severity: "info", detail: "x", remedy: "y" }] }],
    ["a finding without a remedy", { findings: [{ id: "a.b", severity: "info", detail: "x" }] }],
    ["a limit that is a text", { sandboxes: [{ ...toJson(report({ sandboxes: [SANDBOX] })).sandboxes[0], limits: [{ name: "pids", wanted: "512", actual: 512 }] }] }],
  ])("refuses %s", (_, overrides) => {
    expect(Value.Check(ReportSchema, { ...toJson(report()), ...overrides })).toBe(false);
  });

  it("is plain JSON", () => {
    const text = JSON.stringify(ReportSchema);
    for (const part of ['"$id":"https://openclaw-fortress/report/1"', '"additionalProperties":false', '"required":["schemaVersion","verdict","sandboxes","findings"]']) expect(text).toContain(part);
  });
});
