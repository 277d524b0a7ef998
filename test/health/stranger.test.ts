import { expect, it } from "vitest";
import { strangerOn } from "../../src/health/stranger.ts";
import type { ListeningSocket, UnitFacts } from "../../src/model/gateway.ts";

const GROUP = "/user.slice/user-1000.slice/user@1000.service/app.slice/openclaw-gateway.service";
const unit: UnitFacts = { name: "openclaw-gateway.service", active: "active", result: "success", pid: 42, group: GROUP, invocation: undefined, exitStatus: undefined, restarts: 0, activeForMs: 3_600_000, port: undefined };
const GONE: Partial<UnitFacts> = { active: "failed", pid: 0, group: "" };
const held = (pid: number, groups: string): ListeningSocket => ({ own: true, holders: [{ pid, name: "node", groups }] });
const REDIS = held(7, "0::/user.slice/redis.service\n");
const UNSEEN: ListeningSocket = { own: true, holders: [] };

it.each<[string, ListeningSocket[], Partial<UnitFacts>, string | undefined]>([
  ["nobody", [], {}, undefined],
  ["the main process", [held(42, "0::/elsewhere\n")], {}, undefined],
  ["another process of the service", [held(43, `0::${GROUP}\n`)], {}, undefined],
  ["a group below that of the service", [held(43, `0::${GROUP}/worker\n`)], {}, undefined],
  ["the service, seen from another namespace", [held(43, "0::/../openclaw-gateway.service\n")], {}, undefined],
  ["the service, by control groups of version 1", [held(43, `9:pids:/\n1:name=systemd:${GROUP}\n0::/\n`)], {}, undefined],
  ["what is left of a service that failed", [held(43, `0::${GROUP}\n`)], { active: "failed", pid: 0 }, undefined],
  ["the manager and the service", [{ own: true, holders: [...held(2, "0::/init.scope\n").holders, ...held(42, `0::${GROUP}\n`).holders] }], {}, undefined],
  ["a stranger", [REDIS], {}, "process 7 (node)"],
  ["a stranger while the service has no process", [REDIS], GONE, "process 7 (node)"],
  ["a service whose name only begins so", [held(7, "0::/app.slice/openclaw-gateway.service-old\n")], {}, "process 7 (node)"],
  ["a stranger at one address, the service at the other", [REDIS, held(42, `0::${GROUP}\n`)], {}, undefined],
  ["a stranger at one address, who knows who at the other", [REDIS, UNSEEN], {}, undefined],
  ["another user", [{ own: false, holders: [] }], {}, "a process of another user"],
  ["who knows who", [UNSEEN], {}, undefined],
  ["who knows who, while the service has no process", [UNSEEN], GONE, "some process, while openclaw-gateway.service has none"],
  ["who knows who, while something is left of the service", [UNSEEN], { active: "failed", pid: 0 }, undefined],
  ["a process that just ended", [held(7, "")], {}, undefined],
  ["some process, of a service without a group", [REDIS], { group: "" }, undefined],
])("%s", (_, sockets, changes, expected) => {
  expect(strangerOn(sockets, { ...unit, ...changes })).toBe(expected);
});
