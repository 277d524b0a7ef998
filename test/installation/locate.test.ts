import { expect, it } from "vitest";
import { locate } from "../../src/installation/locate.ts";

const found = (env: Record<string, string>, ...present: string[]) => locate(env, "/home/op", (path) => present.includes(path));

it.each<[string, Record<string, string>, string[], Partial<ReturnType<typeof locate>>]>([
  ["nothing is said", {}, [], { home: "/home/op", stateDir: "/home/op/.openclaw", configFile: "/home/op/.openclaw/openclaw.json", includeRoots: [], profile: undefined }],
  ["HOME is elsewhere", { HOME: "/srv/op" }, [], { home: "/srv/op", stateDir: "/srv/op/.openclaw" }],
  ["HOME was never set", { HOME: "undefined" }, [], { home: "/home/op" }],
  ["OpenClaw has a home of its own", { OPENCLAW_HOME: "~/claw" }, [], { home: "/home/op/claw", configFile: "/home/op/claw/.openclaw/openclaw.json" }],
  ["the state directory is chosen", { OPENCLAW_STATE_DIR: " ~/state/ " }, [], { stateDir: "/home/op/state", configFile: "/home/op/state/openclaw.json" }],
  ["the file is chosen", { OPENCLAW_STATE_DIR: "/state", OPENCLAW_CONFIG_PATH: "~/c.json5" }, [], { stateDir: "/state", configFile: "/home/op/c.json5" }],
  ["it still has its old name", {}, ["/home/op/.clawdbot", "/home/op/.clawdbot/clawdbot.json"], { stateDir: "/home/op/.clawdbot", configFile: "/home/op/.clawdbot/clawdbot.json" }],
  ["old and new are there", {}, ["/home/op/.clawdbot", "/home/op/.openclaw", "/home/op/.openclaw/openclaw.json", "/home/op/.openclaw/clawdbot.json"], { stateDir: "/home/op/.openclaw", configFile: "/home/op/.openclaw/openclaw.json" }],
  ["includes come from elsewhere", { OPENCLAW_INCLUDE_ROOTS: "/etc/claw: ~/inc:" }, [], { includeRoots: ["/etc/claw", "/home/op/inc"] }],
  ["a profile is named", { OPENCLAW_PROFILE: "Work" }, [], { profile: "Work" }],
  ["the profile is the default one", { OPENCLAW_PROFILE: "Default" }, [], { profile: undefined }],
  ["the profile is no name", { OPENCLAW_PROFILE: "../x" }, [], { profile: undefined }],
])("where %s", (_, env, present, expected) => {
  expect(found(env, ...present)).toMatchObject(expected);
});
