import { describe, expect, it } from "vitest";
import { classify, forbiddenIn } from "../../src/mounts/classify.ts";
import { STATE_ENTRIES } from "../../src/mounts/table.ts";

/** A path that the pattern stands for. */
const example = (pattern: string): string => pattern.replaceAll("<agent>", "main").replaceAll("*", "x");

const mountable = STATE_ENTRIES.filter(({ access }) => access !== "never");

it("lists each path once", () => {
  const paths = STATE_ENTRIES.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)]);
});

it.each(STATE_ENTRIES)("$path is relative, says what it is for, and is judged by its own entry", (entry) => {
  expect(entry.path).toMatch(/^[^/].*[^/]$/);
  expect(entry.path).not.toMatch(/(^|\/)\.{1,2}(\/|$)|\/\//);
  expect(entry.purpose).toMatch(/^\S.{2,}[^.]$/);
  const found = classify(example(entry.path), "main");
  expect(found?.relation === "above" ? found.holder : found?.entry).toBe(entry);
});

// What fortress makes itself lies in its own folder, which is else forbidden.
it.each(mountable.filter(({ path }) => !path.startsWith("fortress/")))("$path neither contains a forbidden entry that cannot be covered nor lies in one", ({ path }) => {
  const parts = path.split("/");
  const covered = forbiddenIn(path).map((entry) => entry.path);
  expect(covered.filter((name) => name.includes("*"))).toEqual([]);
  for (const { path: forbidden } of STATE_ENTRIES.filter((entry) => entry.access === "never" && !covered.includes(entry.path))) {
    const shared = Math.min(parts.length, forbidden.split("/").length);
    const overlap = parts.slice(0, shared).every((part, index) => intersects(part, forbidden.split("/")[index]!));
    expect(overlap, forbidden).toBe(false);
  }
});

/** True when some name fits both patterns; a `*` at both is taken for one. */
function intersects(left: string, right: string): boolean {
  if (left.startsWith("<") || right.startsWith("<") || left === "*" || right === "*") return true;
  const fits = (pattern: string, name: string): boolean => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(name);
  return fits(left, example(right)) || fits(right, example(left));
}

describe("what gives keys away", () => {
  it.each([
    "credentials",
    "credentials/telegram/token.json",
    "matrix",
    "identity/device.json",
    "devices",
    ".env",
    ".env.local",
    "secrets.env",
    "secrets.json",
    "state",
    "state/openclaw.sqlite",
    "state/openclaw.sqlite-wal",
    "agents/main/agent",
    "agents/other/agent",
    "agents/main/agent/openclaw-agent.sqlite",
    "agents/main/agent/auth-profiles.json",
    "openclaw.json",
    "openclaw.json.bak",
    "openclaw.json.bak.1",
    "openclaw.json.last-good",
    "openclaw.sqlite-wal",
    "main.sqlite",
    "gateway.token",
    "gateway/tls/gateway-key.pem",
    "tmp/plugin-captures/x",
    "backups",
  ])("%s is never mounted", (path) => {
    expect(classify(path, "main")).toMatchObject({ entry: { access: "never" }, relation: "within" });
  });
});
