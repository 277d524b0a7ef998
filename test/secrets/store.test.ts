import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createStoreEdge } from "../../src/edge/files.ts";
import type { StoreEdge } from "../../src/model/ports.ts";
import { createSecretStore, type SecretStore } from "../../src/secrets/store.ts";
import { errorOf } from "../fixtures/errors.ts";
import { tempDir } from "../fixtures/temp.ts";

const CANARY = "canary-91bc";
const UID = process.getuid?.() ?? 0;

/** A secrets file as it should be. */
function secretsFile(text = `KEY=${CANARY}\n`): string {
  const directory = join(tempDir(), "keys");
  mkdirSync(directory, { mode: 0o700 });
  const file = join(directory, "secrets.env");
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** The real store edge, with a count of the reads. */
function countingEdge(): StoreEdge & { reads: number } {
  const edge = createStoreEdge(UID);
  const counting = {
    ...edge,
    reads: 0,
    read(file: string) {
      counting.reads += 1;
      return edge.read(file);
    },
  };
  return counting;
}

const open = (file: string): SecretStore => createSecretStore(file, createStoreEdge(UID));
const values = (store: SecretStore): string[][] => [...store.load()].map(([name, secret]) => [name, secret.reveal()]);

describe("a safe file", () => {
  it.each([
    [0o600, 0o700],
    [0o400, 0o500],
  ])("is read with mode %o in a directory of mode %o", (mode, directoryMode) => {
    const file = secretsFile();
    chmodSync(file, mode);
    chmodSync(dirname(file), directoryMode);
    expect(values(open(file))).toEqual([["KEY", CANARY]]);
    expect(open(file).file).toBe(file);
  });

  it("need not be there, and counts from when it is", () => {
    const file = secretsFile();
    const store = open(file);
    rmSync(file);
    expect(values(store)).toEqual([]);
    writeFileSync(file, "NEW=1", { mode: 0o600 });
    expect(values(store)).toEqual([["NEW", "1"]]);
    rmSync(dirname(file), { recursive: true });
    expect(values(store)).toEqual([]);
  });

  it("is read again only when it changed", async () => {
    const file = secretsFile("KEY=1");
    const edge = countingEdge();
    const store = createSecretStore(file, edge);
    const readsOf = (action: () => unknown): number => {
      const before = edge.reads;
      action();
      return edge.reads - before;
    };
    const first = store.load();
    expect(readsOf(() => expect(store.load()).toBe(first))).toBe(0);

    writeFileSync(file, "KEY=2");
    await store.settle();
    expect(readsOf(() => expect(values(store)).toEqual([["KEY", "2"]]))).toBe(2);
    expect(readsOf(() => store.load())).toBe(0);

    writeFileSync(`${file}.new`, "KEY=3", { mode: 0o600 });
    renameSync(`${file}.new`, file);
    expect(readsOf(() => expect(values(store)).toEqual([["KEY", "3"]]))).toBe(2);
    expect(readsOf(() => store.load())).toBe(0);
  });
});

describe("a file that is edited in place", () => {
  /** A store whose clock is set by hand, relative to the last change of the file. */
  function setUp(text?: string) {
    const file = secretsFile(text);
    const real = createStoreEdge(UID);
    let age = 60_000;
    const edge: StoreEdge = {
      ...real,
      now: () => Math.max(real.facts(file).file?.changedMs ?? 0, real.facts(file).directory?.changedMs ?? 0) + age,
      wait: vi.fn<StoreEdge["wait"]>(async (ms) => void (age += ms)),
    };
    const store = createSecretStore(file, edge);
    store.load();
    return { file, edge, store, aged: (ms: number) => void (age = ms) };
  }

  it("keeps its last good version until it is quiet, and settle waits for that", async () => {
    const { file, edge, store, aged } = setUp("KEY=complete\nB=2\n");
    await store.settle();
    expect(edge.wait).not.toHaveBeenCalled();
    writeFileSync(file, "KEY=comp");
    aged(0);
    expect(values(store)).toEqual([["KEY", "complete"], ["B", "2"]]);
    await store.settle();
    expect(edge.wait).toHaveBeenCalled();
    expect(values(store)).toEqual([["KEY", "comp"]]);
  });

  it("is complete at once when it came by rename", () => {
    const { file, store, aged } = setUp();
    writeFileSync(`${file}.new`, "KEY=new", { mode: 0o600 });
    renameSync(`${file}.new`, file);
    aged(0);
    expect(values(store)).toEqual([["KEY", "new"]]);
  });

  it.each<[string, (file: string) => void]>([
    ["empty", (file) => truncateSync(file)],
    ["without a line", (file) => writeFileSync(file, "# nothing\n")],
    ["broken", (file) => writeFileSync(file, "KEY='open")],
    ["removed", (file) => rmSync(file)],
  ])("that is %s for a moment still gives the last good version, but not for ever", (_, spoil) => {
    const { file, store, aged } = setUp();
    spoil(file);
    aged(2_999);
    expect(values(store)).toEqual([["KEY", CANARY]]);
    aged(3_000);
    if (_ === "broken") expect(errorOf(() => store.load()).code).toBe("secrets-file-invalid");
    else expect(values(store)).toEqual([]);
    aged(0);
    if (_ !== "broken") expect(values(store)).toEqual([]);
  });

  it("whose content is wrong is refused until it is mended", () => {
    const { file, store, aged } = setUp();
    writeFileSync(file, `KEY='${CANARY}-open`);
    aged(5_000);
    for (const attempt of [1, 2]) expect(errorOf(() => store.load()).code, `attempt ${attempt}`).toBe("secrets-file-invalid");
    writeFileSync(file, "KEY=mended");
    expect(values(store)).toEqual([["KEY", "mended"]]);
  });

  it("takes a change of the future for a clock that was set back", () => {
    const { file, store, aged } = setUp();
    writeFileSync(file, "KEY=2");
    aged(-60_000);
    expect(values(store)).toEqual([["KEY", "2"]]);
  });

  it.each([true, false])("gives no half of it, whatever happens between the looks (last good version: %s)", (warm) => {
    const file = secretsFile("KEY=first");
    const real = createStoreEdge(UID);
    let count = 1;
    let changing = !warm;
    const edge: StoreEdge = {
      ...real,
      now: () => real.now() + 60_000,
      read(path) {
        const read = real.read(path);
        if (changing) writeFileSync(file, `KEY=${(count += 1)}`);
        return read;
      },
      pause: () => {},
    };
    const store = createSecretStore(file, edge);
    if (!warm) return expect(errorOf(() => store.load()).code).toBe("secrets-store-busy");
    store.load();
    changing = true;
    writeFileSync(file, "KEY=half");
    expect(values(store)).toEqual([["KEY", "first"]]);
    changing = false;
    expect(values(store)).toEqual([["KEY", String(count)]]);
  });

  it("is read twice, because two edits may fall into one tick of the file times", () => {
    const file = secretsFile();
    const real = createStoreEdge(UID);
    const texts = ["KEY=ha", "KEY=half", "KEY=whole", "KEY=whole"];
    const store = createSecretStore(file, { ...real, pause: () => {}, now: () => real.now() + 60_000, read: (path) => ({ ...real.read(path), text: texts.shift()! }) });
    expect(values(store)).toEqual([["KEY", "whole"]]);
  });

  it("that another process rewrites all the time never gives less than a whole version", async () => {
    const file = secretsFile();
    const versions = ["A", "B"].map((letter) => `KEY=${letter.repeat(9_000)}\nEND=${letter}\n`);
    writeFileSync(file, versions[0]!);
    const real = createStoreEdge(UID);
    let writing = false;
    let changedMs = 0;
    const facts: StoreEdge["facts"] = (path) => {
      const seen = real.facts(path);
      changedMs = seen.file?.changedMs ?? 0;
      return seen;
    };
    // However long the machine makes it wait, by this clock the writer never pauses.
    const store = createSecretStore(file, { ...real, facts, now: () => (writing ? Math.min(real.now(), changedMs + 50) : real.now()) });
    store.load();
    const { version } = real.facts(file).file!;
    const writer = spawn(process.execPath, ["-e", `const fs = require("node:fs"); const [file, ...v] = ${JSON.stringify([file, ...versions])};
      for (let i = 0; ; i += 1) { const fd = fs.openSync(file, "w"); for (const part of v[i % 2].match(/[^]{1,3000}/g)) fs.writeSync(fd, part); fs.closeSync(fd); }`]);
    onTestFinished(() => void writer.kill("SIGKILL"));
    await expect.poll(() => real.facts(file).file?.version).not.toBe(version);
    writing = true;
    for (let round = 0; round < 2_000; round += 1) {
      const seen = values(store);
      expect(seen).toHaveLength(2);
      expect(seen[0]![1]).toBe(seen[1]![1]!.repeat(9_000));
    }
  });
});

it("refuses a file that is not UTF-8, without showing what is in it", () => {
  const file = secretsFile();
  writeFileSync(file, Buffer.concat([Buffer.from(`KEY=${CANARY}`), Buffer.from([0xff, 0xfe, 0x41, 0x00])]));
  const error = errorOf(() => open(file).load());
  expect(error.code).toBe("secrets-store-unsafe");
  expect(error.message + error.remedy).not.toContain(CANARY);
});

describe("an unsafe file is refused", () => {
  const other = UID === 65_534 ? 65_533 : 65_534;

  it.each<[string, (file: string) => void, RegExp, RegExp]>([
    ["readable for the group", (file) => chmodSync(file, 0o640), /secrets\.env has mode 0640/, /^chmod 0600 /],
    ["readable for others", (file) => chmodSync(file, 0o604), /secrets\.env has mode 0604/, /^chmod 0600 /],
    ["writable for others", (file) => chmodSync(file, 0o602), /mode 0602/, /^chmod 0600 /],
    ["executable", (file) => chmodSync(file, 0o700), /mode 0700/, /^chmod 0600 /],
    ["set-uid", (file) => chmodSync(file, 0o4600), /mode 4600/, /^chmod 0600 /],
    ["in a directory open to others", (file) => chmodSync(dirname(file), 0o755), /keys has mode 0755/, /^chmod 0700 /],
    ["in a directory that others can pass", (file) => chmodSync(dirname(file), 0o701), /keys has mode 0701/, /^chmod 0700 /],
    ["a link", (file) => (renameSync(file, `${file}.real`), symlinkSync(`${file}.real`, file)), /secrets\.env is not a regular file/, /links are not followed/],
    ["a link to nowhere", (file) => (rmSync(file), symlinkSync("/nowhere", file)), /not a regular file/, /links are not followed/],
    ["in a linked directory", (file) => (renameSync(dirname(file), `${dirname(file)}.real`), symlinkSync(`${dirname(file)}.real`, dirname(file))), /keys is not a regular directory/, /links are not followed/],
    ["a FIFO", (file) => (rmSync(file), execFileSync("mkfifo", ["-m", "600", file])), /not a regular file/, /mode 0600/],
    ["a directory", (file) => (rmSync(file), mkdirSync(file, { mode: 0o700 })), /not a regular file/, /mode 0600/],
    ["larger than any secrets file", (file) => truncateSync(file, 2 ** 20 + 1), /cannot be read .*at most 1048576 bytes/, /regular UTF-8 file/],
  ])("%s", (_, spoil, message, remedy) => {
    const file = secretsFile();
    const fresh = open(file);
    const warm = open(file);
    warm.load();
    spoil(file);
    for (const store of [fresh, warm]) {
      const error = errorOf(() => store.load());
      expect(error.code).toBe("secrets-store-unsafe");
      expect(error.message).toMatch(message);
      expect(error.remedy).toMatch(remedy);
      expect(error.message + error.remedy).not.toContain(CANARY);
    }
  });

  // Only root can give a file away.
  it.runIf(UID === 0).each([
    ["the file", (file: string) => file],
    ["the directory", (file: string) => dirname(file)],
  ])("%s belongs to somebody else", (_, pick) => {
    const file = secretsFile();
    chownSync(pick(file), other, other);
    expect(errorOf(() => open(file).load())).toMatchObject({
      code: "secrets-store-unsafe",
      message: `secrets: ${pick(file)} belongs to uid ${other}, not to the gateway's uid ${UID}.`,
      remedy: `chown ${UID} ${pick(file)}`,
    });
  });

  it("and one that turns into something else between the look and the read", () => {
    const file = secretsFile();
    const edge = createStoreEdge(UID);
    for (const spoil of [() => symlinkSync("/etc/passwd", file), () => execFileSync("mkfifo", [file]), () => mkdirSync(file), () => undefined]) {
      const facts = edge.facts(file);
      rmSync(file);
      spoil();
      expect(errorOf(() => createSecretStore(file, { ...edge, facts: () => facts }).load()).code).toBe("secrets-store-unsafe");
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, "KEY=1", { mode: 0o600 });
    }
  });
});
