import { format, inspect } from "node:util";
import { expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";

const VALUE = "canary-5d0c1f";
const secret = new Secret(VALUE);

it("gives the value to the one who asks for it by name", () => {
  expect(secret.reveal()).toBe(VALUE);
});

const WAYS: Record<string, () => string> = {
  String: () => String(secret),
  template: () => `${secret}`,
  concatenation: () => "" + secret,
  "array join": () => [secret].join(),
  "JSON.stringify": () => JSON.stringify({ key: secret }),
  inspect: () => inspect(secret, { showHidden: true, getters: true, depth: null }),
  "inspect within": () => inspect(new Map([["KEY", { secret }]]), { depth: null }),
  "inspect without custom": () => inspect(secret, { customInspect: false, showHidden: true, showProxy: true }),
  "%s %o %O %j %d": () => format("%s %o %O %j %d", secret, secret, secret, secret, secret),
  "Object.keys": () => Object.keys(secret).join(),
  "Object.values": () => Object.values(secret).join(),
  "Reflect.ownKeys": () => Reflect.ownKeys(secret).map((key) => String(Reflect.get(secret, key))).join(),
  "Object.entries": () => JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(secret))),
  spread: () => inspect({ ...secret }, { showHidden: true }),
  structuredClone: () => inspect(structuredClone(secret), { showHidden: true }),
  "error message": () => new Error(`failed: ${secret}`).message,
};

it.each(Object.entries(WAYS))("is not shown by %s", (_, show) => {
  expect(show()).not.toContain(VALUE);
});

it("says that there is something", () => {
  expect(`${secret}`).toBe("[secret]");
  expect(JSON.stringify([secret])).toBe('["[secret]"]');
  expect(inspect(secret)).toBe("[secret]");
});
