import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { expect, it } from "vitest";
import { registerGatewayMethods } from "../../src/host/gateway-methods.ts";
import { offer } from "../fixtures/surface.ts";
import { FortressError } from "../../src/model/errors.ts";
import { expectSchema, report, SANDBOX } from "../fixtures/report.ts";

type Handler = Parameters<OpenClawPluginApi["registerGatewayMethod"]>[1];

/** What a client gets for a method, as arguments of `respond`. */
async function call(method: string): Promise<unknown[]> {
  const methods = new Map<string, Handler>();
  const scopes = new Set<unknown>();
  registerGatewayMethods({ registerGatewayMethod: (name: string, handler: Handler, options: unknown) => (methods.set(name, handler), scopes.add(JSON.stringify(options))) } as unknown as OpenClawPluginApi);
  expect([...scopes]).toEqual(['{"scope":"operator.read"}']);
  const answers: unknown[][] = [];
  await methods.get(method)!({ respond: (...answer: unknown[]) => void answers.push(answer) } as unknown as Parameters<Handler>[0]);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

it("gives the whole report by the schema", async () => {
  offer({ status: async () => report({ sandboxes: [SANDBOX] }) });
  const [ok, payload] = await call("fortress.status");
  expect(ok).toBe(true);
  expectSchema(payload);
  expect(payload.sandboxes).toMatchObject([{ name: SANDBOX.name }]);
});

it("is an error, and never a pass, where nothing is known", async () => {
  expect(await call("fortress.status")).toEqual([false, undefined, { code: "UNAVAILABLE", message: expect.stringContaining("UNKNOWN") }]);
  offer({ status: () => Promise.reject(new FortressError("engine-failed", "podman is down.", "Start it.")) });
  expect(await call("fortress.status")).toEqual([false, undefined, { code: "UNAVAILABLE", message: "fortress: podman is down. Remedy: Start it." }]);
});
