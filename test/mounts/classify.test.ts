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
])("%s is %s (%s)", (path, access, relation) => {
  expect(classify(path, "main")).toMatchObject({ entry: { access }, relation });
});

it.each(["unheard-of", "log", "logs2", "xlogs", "", "media", "media/other", "npm", "worktrees", "projects", "wiki", "agents/other/sessions", "wiki/other", "workspaces"])(
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
