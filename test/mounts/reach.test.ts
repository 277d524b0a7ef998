import { expect, it } from "vitest";
import { exposure, reachOf, type Places } from "../../src/mounts/reach.ts";

const PLACES: Places = { stateDir: "/home/ada/.openclaw", secretsDir: "/home/ada/.config/keys", guarded: [{ path: "/srv/oauth", what: "OAuth data" }], agentId: "main" };

it.each([
  ["/home/ada/.openclaw", "state-itself"],
  ["/home/ada", "too-much"],
  ["/home", "too-much"],
  ["/", "too-much"],
  ["/home/ada/.config", "too-much"],
  ["/home/ada/.config/keys", "too-much"],
  ["/home/ada/.config/keys/secrets.env", "too-much"],
  ["/home/ada/.openclaw/logs", "state-entry"],
  ["/home/ada/.openclaw/unheard-of", "state-entry"],
  ["/home/ada/.openclaw2", "elsewhere"],
  ["/home/ada/.config/keys2", "elsewhere"],
  ["/home/adam", "elsewhere"],
  ["/srv/oauth", "too-much"],
  ["/srv/oauth/x", "too-much"],
  ["/srv", "too-much"],
  ["/srv/other", "elsewhere"],
])("%s is %s", (path, kind) => {
  expect(reachOf(path, PLACES).kind).toBe(kind);
});

it("finds the secrets also below the state directory", () => {
  const places = { ...PLACES, secretsDir: "/home/ada/.openclaw/logs/keys" };
  for (const path of ["logs", "logs/keys", "logs/keys/secrets.env"]) expect(reachOf(`${PLACES.stateDir}/${path}`, places).kind).toBe("too-much");
  expect(reachOf(`${PLACES.stateDir}/logs/2026`, places).kind).toBe("state-entry");
});

it.each([
  ["/srv/other", "rw", undefined],
  ["/srv", "ro", "it reaches OAuth data (/srv/oauth)"],
  ["/home/ada/.openclaw/workspace", "rw", undefined],
  ["/home/ada/.openclaw/logs", "ro", undefined],
  ["/home/ada/.openclaw/logs", "rw", "logs (gateway logs, for diagnosis) is never writable"],
  ["/home/ada/.openclaw/memory/x", "rw", "memory (memory indexes and plugin memory stores) is never writable"],
  ["/home/ada/.openclaw/credentials", "ro", "it reaches credentials* (channel tokens and OAuth data)"],
  ["/home/ada/.openclaw/agents", "ro", "it reaches agents/*/agent (an agent's auth profiles and sessions)"],
  ["/home/ada/.openclaw/unheard-of", "ro", "nobody classified unheard-of in the state directory"],
  ["/home/ada/.openclaw", "ro", "it is the whole state directory"],
  ["/home", "ro", "it contains the state directory /home/ada/.openclaw"],
  ["/home/ada/.config", "ro", "it reaches the secrets in /home/ada/.config/keys"],
] as const)("%s as %s: %s", (path, mode, because) => {
  expect(exposure(reachOf(path, PLACES), mode)).toBe(because);
});
