import { expect, it } from "vitest";
import { createSweep } from "../../src/flows/sweep.ts";
import { container } from "../fixtures/container.ts";

it("looks at all sandboxes once, tends them, and tells what both found", async () => {
  const one = { engine: "podman" as const, container: container({ name: "one" }) };
  const finding = (id: string) => ({ id, severity: "warn" as const, detail: "d", remedy: "r" });
  const tended: unknown[] = [];
  const host = { engines: [], workspaces: [], findings: [] };
  const reconcile = { all: async (facts: unknown) => ({ sandboxes: facts === host ? [one] : [], complete: true }), findings: () => [finding("a.b")] };
  const upkeep = { tend: async (sandboxes: unknown) => void tended.push(sandboxes), findings: () => [finding("c.d")] };
  const report = await createSweep(reconcile as unknown as Parameters<typeof createSweep>[0], upkeep)(() => host);
  expect([report, tended]).toEqual([{ sandboxes: ["one"], findings: [finding("a.b"), finding("c.d")] }, [[one]]]);
});
