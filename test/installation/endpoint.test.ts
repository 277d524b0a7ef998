import { expect, it } from "vitest";
import { endpointOf } from "../../src/installation/endpoint.ts";

it.each<[unknown, Record<string, string>, string | undefined, { port: number; tls: boolean }]>([
  [undefined, {}, undefined, { port: 18789, tls: false }],
  [{ port: 4000, tls: { enabled: true } }, {}, undefined, { port: 4000, tls: true }],
  [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: " 5000 " }, undefined, { port: 5000, tls: false }],
  [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: "127.0.0.1:5000" }, undefined, { port: 5000, tls: false }],
  [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: "[::1]:5000" }, undefined, { port: 5000, tls: false }],
  [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: "70000" }, undefined, { port: 4000, tls: false }],
  [{ port: 4000 }, { OPENCLAW_GATEWAY_PORT: "1:2:3" }, undefined, { port: 4000, tls: false }],
  [{ port: "4000" }, {}, undefined, { port: 18789, tls: false }],
  [{ port: 0, tls: { enabled: "yes" } }, {}, undefined, { port: 18789, tls: false }],
  // As `openclaw --profile work` computes it.
  [{}, {}, "work", { port: 41984, tls: false }],
  [{ port: 4000 }, {}, "work", { port: 4000, tls: false }],
  ["broken", {}, undefined, { port: 18789, tls: false }],
])("%j with %j and profile %s", (gateway, env, profile, expected) => {
  expect(endpointOf({ gateway }, env, profile)).toEqual(expected);
});
