import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readAnswers } from "../../src/isolation/answers.ts";
import { CATALOG } from "../../src/isolation/catalog.ts";
import type { InsideCheck } from "../../src/isolation/check.ts";
import { tryInside } from "../../src/isolation/runner.ts";
import { insideScript, type Target, WORDS } from "../../src/isolation/script.ts";
import { attempt, attemptOf, describeAttempts } from "./attempts.suite.ts";

const INSIDE = CATALOG.filter((check): check is InsideCheck => check.where === "inside");
const NONCE = "0123456789abcdef";
const TARGET: Target = { stateDir: "/it's/.openclaw", secretsFile: "/s/secrets.env", port: 1, configInode: 7, network: "none", writable: ["/w"], own: ["/w"] };

describe("answers", () => {
  const read = (...lines: string[]) => readAnswers(lines.join("\n"), ["a.b", "c.d"], NONCE);

  it("count with the nonce only", () => {
    expect(read(`${NONCE} a.b pass seen`, "0000 c.d pass forged", "c.d pass forged").get("a.b")).toEqual({ state: "pass", evidence: "seen" });
    expect(read(`${NONCE} a.b pass seen`, "0000 c.d pass forged").get("c.d")).toEqual({ state: "unknown", evidence: "no answer came from the sandbox" });
  });

  it.each([
    ["fail", "fail"],
    ["na", "not-applicable"],
    ["unknown", "unknown"],
  ])("%s is %s", (word, state) => expect(read(`${NONCE} a.b ${word} why`).get("a.b")).toEqual({ state, evidence: "why" }));

  it("that are noted fail nothing", () => expect(read(`${NONCE} a.b note eth0`).get("a.b")).toEqual({ state: "fail", severity: "info", evidence: "eth0" }));

  it("that came twice are none, whichever was first", () => {
    const forged = [`${NONCE} a.b pass forged`, `${NONCE} a.b fail true`];
    for (const lines of [forged, forged.toReversed()]) expect(read(...lines).get("a.b")).toEqual({ state: "unknown", evidence: "it answered twice" });
  });

  it.each(["", "PASS x", "ok", "pass\u0000x", "constructor x", "__proto__ x"])("of another form (%j) are none", (line) => expect(read(`${NONCE} a.b ${line}`).get("a.b")).toMatchObject({ state: "unknown" }));

  it("name only what was asked for", () => expect([...read(`${NONCE} x.y pass`, `${NONCE} a.b pass`).keys()]).toEqual(["a.b", "c.d"]));

  it("lose what would colour a terminal or write a line of its own, and are short", () => {
    expect(read(`${NONCE} a.b fail \u001b[31mred\u202e\r\u2028x`).get("a.b")!.evidence).toBe("?[31mred???x");
    expect(read(`${NONCE} a.b fail ${"x".repeat(5_000)}`).get("a.b")!.evidence).toHaveLength(200);
  });

  it("are cut where a sandbox writes without end", () => {
    expect(read("x".repeat(300 * 1024), `${NONCE} a.b pass late`).get("a.b")).toMatchObject({ state: "unknown" });
  });
});

describe("the script", () => {
  it("fits into one argument of a program", () => expect(insideScript(INSIDE, TARGET, NONCE).length).toBeLessThan(128 * 1024));

  it("is one that a shell reads", () => {
    expect(() => execFileSync("/bin/sh", ["-n", "-c", insideScript(INSIDE, TARGET, NONCE)])).not.toThrow();
    for (const { attempt: each } of INSIDE) expect(() => execFileSync("/bin/sh", ["-n", "-c", `${WORDS}\n${each}`])).not.toThrow();
  });

  it("names places as they are, whatever is in them", async () => {
    const probe: InsideCheck = { ...INSIDE[0]!, id: "a.b", attempt: 'echo pass "$STATE"' };
    const output = execFileSync("/bin/sh", ["-c", insideScript([probe], TARGET, NONCE)], { encoding: "utf8" });
    expect(readAnswers(output, ["a.b"], NONCE).get("a.b")).toEqual({ state: "pass", evidence: "/it's/.openclaw" });
  });

  it("answers for every attempt even where one of them ends its shell", () => {
    const probes = ["kill -9 $$", "exit 3", ": > /nonexistent/x", "pass last"].map((each, index): InsideCheck => ({ ...INSIDE[0]!, id: `a.${index}`, attempt: each }));
    const answers = readAnswers(execFileSync("/bin/sh", ["-c", insideScript(probes, TARGET, NONCE)], { encoding: "utf8" }), probes.map(({ id }) => id), NONCE);
    expect([...answers.values()].map(({ state }) => state)).toEqual(["unknown", "unknown", "unknown", "pass"]);
  });

  it("takes an exec that fails for unknown", async () => {
    const results = await tryInside(INSIDE, TARGET, NONCE, () => Promise.reject(new Error("no such container")));
    expect(new Set(results.map(({ state, evidence }) => `${state} ${evidence}`))).toEqual(new Set(["unknown no such container"]));
  });
});

describeAttempts("this machine's shell", ["/bin/sh"]);

it("knows nothing where a program is missing", () => {
  expect(attempt(["/bin/sh"], attemptOf("filesystem.no-device-nodes"), { PATH: "/nonexistent" })).toBe("unknown no mknod to try it with");
});
