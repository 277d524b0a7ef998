import { afterEach, describe, expect, it } from "vitest";
import { redactEverywhere } from "../../src/host/secret-masking.ts";
import { commandSecrets, plaintextValues } from "../../src/host/config-secrets.ts";
import { gatewaySecrets } from "../../src/host/secret-surroundings.ts";
import { Secret } from "../../src/model/secret.ts";

const config = (values: unknown) => ({ plugins: { entries: { fortress: { config: { secrets: { values } } } } } });

it.each([
  [config({ A: "sk-plain", B: { source: "env", provider: "default", id: "B" }, C: "${C_KEY}", D: "${C_KEY} and more" }), ["A", "D"]],
  [config("sk-plain"), []],
  [{}, []],
  [undefined, []],
])("knows plain text in %j", (source, names) => {
  expect(plaintextValues(source as never)).toEqual(names);
});

it("names agents as OpenClaw's session keys do", () => {
  const agents = { agents: { entries: { main: {}, Ops: {}, "Team One!": {} } } };
  for (const secrets of [gatewaySecrets(() => agents), commandSecrets(agents, () => agents)]) expect(secrets.agents()).toEqual(["main", "ops", "team-one"]);
});

it("looks into the environment in the gateway only", () => {
  expect(gatewaySecrets(() => ({})).surroundings()).toMatchObject({ inGateway: true, environment: process.env });
  expect(commandSecrets({}, () => ({})).surroundings()).toEqual({ inGateway: false, environment: {}, plaintext: [] });
  expect(commandSecrets({}, () => ({}), { A: "1" }).surroundings()).toEqual({ inGateway: true, environment: { A: "1" }, plaintext: [] });
});

describe("OpenClaw's list of masked values", () => {
  const REGISTRY = Symbol.for("openclaw.secretRedactionRegistry");
  const holder = globalThis as { [REGISTRY]?: unknown };
  const before = holder[REGISTRY];
  afterEach(() => void (holder[REGISTRY] = before));
  const secrets = new Map([["KEY", new Secret('canary "1"')], ["SHORT", new Secret("on")]]);

  it("gets each value in the forms that OpenClaw puts there itself", () => {
    const registry = { registeredValues: new Map([["theirs", true]]), registryRevision: 4, registeredValueRedactor: () => "stale" };
    holder[REGISTRY] = registry;
    redactEverywhere(secrets);
    expect([...registry.registeredValues.keys()]).toEqual(expect.arrayContaining(["theirs", 'canary "1"', 'canary \\"1\\"', "canary%20%221%22"]));
    expect([...registry.registeredValues.keys()]).not.toContain("on");
    expect(registry).toMatchObject({ registryRevision: 5, registeredValueRedactor: undefined });
  });

  it.each([[undefined], [{}], [{ registeredValues: new Set(), registryRevision: 1 }], [{ registeredValues: new Map() }]])("of another form (%j) is left alone", (registry) => {
    holder[REGISTRY] = registry;
    const copy = structuredClone(registry);
    redactEverywhere(secrets);
    expect(holder[REGISTRY]).toEqual(copy);
  });
});
