import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { Value } from "@sinclair/typebox/value";
import { describe, expect, it, vi } from "vitest";
import { registerGatewayMethods } from "../../src/host/gateway-methods.ts";
import type { Surface } from "../../src/host/shared.ts";
import { FortressError } from "../../src/model/errors.ts";
import { VerificationSchema } from "../../src/report/verification/schema.ts";
import { expectSchema, report, SANDBOX } from "../fixtures/report.ts";
import { offer } from "../fixtures/surface.ts";
import { checkResult, verification } from "../fixtures/verification.ts";

type Handler = Parameters<OpenClawPluginApi["registerGatewayMethod"]>[1];

interface Method {
  readonly handler: Handler;
  readonly options: unknown;
}

function methods(): Map<string, Method> {
  const registered = new Map<string, Method>();
  registerGatewayMethods({ registerGatewayMethod: (name: string, handler: Handler, options: unknown) => registered.set(name, { handler, options }) } as unknown as OpenClawPluginApi);
  return registered;
}

/** What a client gets for a method, as arguments of `respond`. */
async function call(method: string, params: unknown = {}): Promise<unknown[]> {
  const answers: unknown[][] = [];
  await methods().get(method)!.handler({ params, respond: (...answer: unknown[]) => void answers.push(answer) } as unknown as Parameters<Handler>[0]);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

it("lets clients read that may read, and run attacks only those of owners", () => {
  expect([...methods()].map(([name, { options }]) => [name, options])).toEqual([
    ["fortress.status", { scope: "operator.read" }],
    ["fortress.verify", { scope: "operator.admin" }],
  ]);
});

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

describe("fortress.verify", () => {
  const verify = () => vi.fn<Surface["verify"]>(async () => verification([checkResult()]));

  it("looks at what is asked for, and gives the model of --json", async () => {
    const asked = verify();
    offer({ verify: asked });
    const [ok, payload] = await call("fortress.verify", { agent: "ops", check: ["namespace.net", "guide.credentials"], quick: true });
    expect([ok, [...Value.Errors(VerificationSchema, payload)]]).toEqual([true, []]);
    await call("fortress.verify");
    expect(asked.mock.calls).toEqual([[{ agent: "ops", checks: ["namespace.net", "guide.credentials"], quick: true }], [{ agent: undefined, checks: undefined, quick: false }]]);
  });

  it.each<[string, unknown, string]>([
    ["an agent that is no text", { agent: 5 }, "params.agent: 5 is not valid"],
    ["one check outside of a list", { check: "namespace.net" }, 'params.check: "namespace.net" is not valid'],
    ["no check at all", { check: [] }, "params.check: [] is not valid"],
    ["a check that is none", { check: ["namespace.nett\u001b[31m"] }, "params.check: namespace.nett?[31m is not a check. Remedy: Of this topic there are namespace."],
    ["checks of which a quick look makes none", { check: ["guide.credentials"], quick: true }, "params.check: what it names is tried inside"],
    ["a parameter that is none", { agents: "ops" }, 'params.agents: "ops" is not valid'],
    ["no object", null, "params: null is not valid"],
  ])("refuses %s, and looks at nothing", async (_, params, says) => {
    const asked = verify();
    offer({ verify: asked });
    const [ok, , error] = await call("fortress.verify", params);
    expect(ok).toBe(false);
    expect(error).toEqual({ code: "INVALID_REQUEST", message: expect.stringContaining(says) });
    expect(asked).not.toHaveBeenCalled();
  });
});
