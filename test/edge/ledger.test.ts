import { execFile } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { createLedger } from "../../src/edge/ledger.ts";
import type { Deed } from "../../src/model/ledger.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { tempDir } from "../fixtures/temp.ts";

// Each record waits for the disk.
vi.setConfig({ testTimeout: 120_000 });

const DEED: Deed = { action: "limits.restored", target: "openclaw-sbx-main", because: "memory was 1 GiB more", outcome: "done" };
const NOW = Date.parse("2026-11-25T03:00:00Z");

function setUp(segmentBytes?: number) {
  const directory = join(tempDir(), "fortress");
  const open = () => createLedger(directory, () => NOW, segmentBytes);
  return { directory, file: join(directory, "ledger.jsonl"), open, ledger: open() };
}

/** A ledger of three records. */
async function three() {
  const world = setUp();
  for (const action of ["a", "b", "c"]) await world.ledger.append({ ...DEED, action });
  return { ...world, actions: async () => (await world.open().read()).records.map(({ action }) => action) };
}

it("tells what was done, when, by which process, and why", async () => {
  const { ledger, open, file } = setUp();
  expect(await ledger.read()).toEqual({ records: [] });
  await ledger.append(DEED);
  await open().append({ ...DEED, detail: "x", outcome: "failed" });
  expect(await open().read()).toEqual({
    records: [
      { seq: 1, at: "2026-11-25T03:00:00.000Z", pid: process.pid, ...DEED },
      { seq: 2, at: "2026-11-25T03:00:00.000Z", pid: process.pid, ...DEED, outcome: "failed", detail: "x" },
    ],
  });
  expect([statSync(file).mode & 0o777, statSync(join(file, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
});

it("bounds what it is told, and keeps it on one line of plain characters", async () => {
  const { ledger, file } = setUp();
  await ledger.append({ ...DEED, because: `a\nb\u001b[31m ${"é".repeat(2_000)}`, detail: "🙂" });
  expect(readFileSync(file, "utf8")).toMatch(/^[\x20-\x7e]{1,4000}\n$/);
  const { because, detail } = (await ledger.read()).records[0]!;
  expect([because.length, because.slice(0, 9), detail]).toEqual([500, "a b?[31m é", "🙂"].map((each, index) => (index === 1 ? "a b?[31m " : each)));
});

it("keeps two segments, and its chain across them", async () => {
  const { ledger, directory } = setUp(2_000);
  for (let index = 0; index < 40; index += 1) await ledger.append({ ...DEED, target: String(index) });
  const { records, damage } = await ledger.read();
  expect(damage).toBeUndefined();
  expect(records.length).toBeLessThan(20);
  expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: records.length }, (_, index) => 41 - records.length + index));
  expect(statSync(join(directory, "ledger.1.jsonl")).size).toBeLessThan(2_500);
});

describe("a damaged ledger", () => {
  const changed = (text: string): string => text.replace('"action":"b"', '"action":"another"');
  it.each<[string, (file: string) => void, RegExp, string[]]>([
    ["cut off in a line", (file) => truncateSync(file, statSync(file).size - 5), /line 3 is cut off/, ["a", "b"]],
    ["cut off between lines", (file) => writeFileSync(file, readFileSync(file, "utf8").split("\n").slice(0, 2).join("\n") + "\n"), /1 records are gone from its end/, ["a", "b"]],
    ["emptied", (file) => truncateSync(file, 0), /3 records are gone/, []],
    ["removed", (file) => rmSync(file), /3 records are gone/, []],
    ["overwritten", (file) => writeFileSync(file, Buffer.from([0, 255, 10, 7, 200])), /line 1 is no record/, []],
    ["changed in the middle", (file) => writeFileSync(file, changed(readFileSync(file, "utf8"))), /line 2 was changed/, ["a"]],
    ["without a line of the middle", (file) => writeFileSync(file, readFileSync(file, "utf8").split("\n").filter((_, index) => index !== 1).join("\n")), /line 2 does not follow/, ["a"]],
    ["continued by something else", (file) => appendFileSync(file, "x\n"), /line 4 is no record/, ["a", "b", "c"]],
  ])("%s is told, kept aside and built anew from what holds", async (_, damage, told, hold) => {
    const { file, directory, open, ledger, actions } = await three();
    damage(file);
    const before = existsSync(file) ? readFileSync(file) : undefined;
    const view = await open().read();
    expect([view.damage, view.records.map(({ action }) => action)]).toEqual([expect.stringMatching(told), hold]);
    // By the process that wrote it, too, although it knows where the chain stood.
    await ledger.append({ ...DEED, action: "d" });
    expect(await actions()).toEqual([...hold, "ledger.rebuilt", "d"]);
    const { records, damage: after } = await open().read();
    expect(after).toBeUndefined();
    expect(records.at(-2)!.because).toMatch(told);
    const aside = join(directory, "ledger.damaged.jsonl");
    expect(existsSync(aside) ? readFileSync(aside) : undefined).toEqual(before);
  });

  it("is what a later version wrote", async () => {
    const { file, actions, ledger } = await three();
    const { seal, START } = await import("../../src/model/ledger.ts");
    const { createHash } = await import("node:crypto");
    const body = seal(START, DEED, "t", 1).line.replace(/,"hash":.*$/, "}").replace('"v":1', '"v":2');
    writeFileSync(file, `${body.slice(0, -1)},"hash":"${createHash("sha256").update(body).digest("hex")}"}\n`);
    expect((await ledger.read()).damage).toMatch(/version 2/);
    await ledger.append({ ...DEED, action: "d" });
    expect(await actions()).toEqual(["ledger.rebuilt", "d"]);
  });
});

it("shows what holds when the former segment was removed, and says so", async () => {
  const { ledger, directory } = setUp(500);
  for (let index = 0; index < 4; index += 1) await ledger.append(DEED);
  rmSync(join(directory, "ledger.1.jsonl"));
  const { records, damage } = await ledger.read();
  expect(damage).toMatch(/^the \d records before the first one are gone/);
  await ledger.append(DEED);
  expect((await ledger.read()).records.length).toBe(records.length + 1);
});

it.each(["directory", "link"])("writes nothing through a %s in its place", async (kind) => {
  const { file, directory, ledger } = setUp();
  mkdirSync(directory, { recursive: true });
  const victim = join(directory, "victim");
  writeFileSync(victim, "");
  if (kind === "directory") mkdirSync(file);
  else (await import("node:fs")).symlinkSync(victim, file);
  expect(await rejectionOf(ledger.append(DEED))).toMatchObject({ code: "ledger-failed", message: expect.stringContaining("limits.restored") as string });
  expect(readFileSync(victim, "utf8")).toBe("");
});

it("is written by several processes at once without a gap", async () => {
  const { directory, open } = setUp(20_000);
  const script = `
    const { createLedger } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/edge/ledger.ts"))});
    const ledger = createLedger(process.argv[1], Date.now, 20_000);
    await Promise.all(Array.from({ length: 5 }, (_, index) => ledger.append({ action: "x", target: process.pid + "." + index, because: "y", outcome: "done" })));`;
  await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, directory])));
  const { records, damage } = await open().read();
  expect(damage).toBeUndefined();
  expect(new Set(records.map(({ target }) => target)).size).toBe(20);
});
