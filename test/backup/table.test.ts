import { describe, expect, it } from "vitest";
import { isSandboxWritable, LEFT_OUT, leftOut, sidecarOf, STAYING } from "../../src/backup/table.ts";

describe("what a backup holds", () => {
  it.each([
    "state/openclaw.sqlite",
    "agents/main/agent/openclaw-agent.sqlite",
    "agents/main/sessions/cold/1.zst",
    "memory/main.sqlite",
    "matrix/crypto/matrix-sdk-crypto.sqlite3",
    "credentials/whatsapp/creds.json",
    "cron/jobs.json",
    "openclaw.json",
    ".env",
    "workspace/MEMORY.md",
    "workspace/app/yarn.lock",
    "workspace/build.log",
    "extensions/fortress/node_modules/execa/index.js",
    "extensions/fortress/node_modules/proper-lockfile/yarn.lock",
    "npm/projects/x/node_modules/x/index.js",
    "fortress/ledger.jsonl",
    "made-by-a-later-version/data",
  ])("%s", (path) => {
    expect(leftOut(path, false)).toBeUndefined();
  });
});

describe("what it leaves out, with the reason", () => {
  it.each<[string, boolean, RegExp]>([
    ["tmp", true, /captured/],
    ["workspace/app/node_modules", true, /installed again/],
    ["skills/x/node_modules", true, /installed again/],
    ["browser/default/Cache", true, /cache/],
    ["workspace/.cache", true, /cache/],
    ["logs", true, /log/],
    ["openclaw.log", false, /log/],
    ["agents/main/sessions/x.lock", false, /running/],
    ["gateway.sock", false, /running/],
    ["models", true, /fetched again/],
  ])("%s", (path, isDirectory, because) => {
    expect(leftOut(path, isDirectory)).toMatch(because);
  });

  it("goes by the place where a pattern names one, and never by a file in place of a directory", () => {
    expect(leftOut("workspace/tmp", true)).toBeUndefined();
    expect(leftOut("agents/main/models", true)).toBeUndefined();
    expect(leftOut("tmp", false)).toBeUndefined();
    expect(leftOut("tmpx", true)).toBeUndefined();
  });

  it("says of every rule why", () => {
    for (const { because } of LEFT_OUT) expect(because.length).toBeGreaterThan(4);
    expect(STAYING).toContain("models");
  });
});

it.each<[string, boolean]>([
  ["workspace/evil.sqlite", true],
  ["workspace-ops/evil.sqlite", true],
  ["sandboxes/a/b", true],
  ["workspaces/x", false],
  ["memory/main.sqlite", false],
  ["shared/x.sqlite", true],
  ["shared-not/x.sqlite", false],
])("tells where a sandbox writes: %s", (path, writable) => {
  expect(isSandboxWritable({ name: "state", source: "/home/ada/.openclaw" }, path, ["/home/ada/.openclaw/shared"])).toBe(writable);
});

it("does so outside of the state directory by what is configured only", () => {
  expect(isSandboxWritable({ name: "outside-1", source: "/srv/agent" }, "workspace/x", [])).toBe(false);
  expect(isSandboxWritable({ name: "outside-1", source: "/srv/agent" }, "", ["/srv/agent"])).toBe(true);
});

it("knows what lies beside a database", () => {
  expect(["a.sqlite-wal", "a.sqlite-shm", "b-journal", "a.sqlite", "wal"].map(sidecarOf)).toEqual(["a.sqlite", "a.sqlite", "b", undefined, undefined]);
});
