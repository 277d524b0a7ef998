import { expect, it } from "vitest";
import { classify } from "../../src/mounts/classify.ts";

it.each([
  ["logs", "ro", "within"],
  ["logs/2026/11.log", "ro", "within"],
  ["memory/main.sqlite", "ro", "within"],
  ["agents/main/sessions", "ro", "within"],
  ["agents/main/sessions/1.jsonl", "ro", "within"],
  ["media/inbound/1.png", "ro", "within"],
  ["workspace", "workspace", "within"],
  ["workspace/.env", "workspace", "within"],
  ["workspace-ops", "workspace", "within"],
  ["worktrees/one/src", "workspace", "within"],
  // What contains something forbidden is judged by that.
  ["agents", "never", "above"],
  ["agents/main", "never", "above"],
  ["agents/other", "never", "above"],
  ["skills", "never", "above"],
  ["media", "never", "above"],
  ["npm", "never", "above"],
  // The longer pattern decides, and of two as long the one that forbids.
  ["skills/config", "never", "within"],
  ["skills/config/mcporter.json", "never", "within"],
  ["skills/example", "ro", "within"],
  ["fortress", "never", "within"],
  ["fortress/ledger", "never", "within"],
  ["fortress/mounts/agents/main", "ro", "within"],
  ["fortress/mounts/agents/main/openclaw.json", "ro", "within"],
  ["fortress/mounts/agents/other", "never", "within"],
  ["fortress/mounts/cover/empty", "ro", "within"],
  ["workspace.sqlite", "never", "within"],
  [".git/config", "never", "within"],
])("%s is %s (%s)", (path, access, relation) => {
  expect(classify(path, "main")).toMatchObject({ entry: { access }, relation });
});

it.each(["unheard-of", "log", "logs2", "xlogs", "", "media/other", "npm/other", "worktrees", "projects", "wiki", "agents/other/sessions", "wiki/other", "workspaces"])(
  "nobody classified %j",
  (path) => {
    expect(classify(path, "main")).toBeUndefined();
  },
);

it("knows no agent's own entries for a sandbox that several agents share", () => {
  expect(classify("agents/main/sessions", undefined)).toBeUndefined();
  expect(classify("agents/undefined/sessions", undefined)).toBeUndefined();
  expect(classify("agents/<agent>/sessions", undefined)).toBeUndefined();
});

it("takes the dots of a pattern literally", () => {
  expect(classify("openclawxjson", "main")).toBeUndefined();
  expect(classify("xenv", "main")).toBeUndefined();
});
