import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readManifest, sealManifest } from "../../src/backup/judge.ts";
import { planRestore } from "../../src/backup/restore-plan.ts";
import type { Manifest } from "../../src/model/backup.ts";
import { errorOf } from "../fixtures/errors.ts";
import { bytesFile, databaseFile, manifest, manifestText, SET } from "../fixtures/manifest.ts";

const refusal = (text: string, name = SET) => errorOf(() => readManifest(text, name));

it("comes back as it was written", () => {
  const { seal, ...rest } = readManifest(manifestText(), SET);
  expect(rest).toEqual(manifest());
  expect(seal).toMatch(/^[0-9a-f]{64}$/);
});

it("is not written longer than its reader takes", () => {
  const { length } = manifestText();
  expect(sealManifest(manifest(), length)).toBe(manifestText());
  expect(errorOf(() => sealManifest(manifest(), length - 1))).toMatchObject({ code: "backup-failed", message: `its manifest would have ${length} bytes, and no reader takes more than ${length - 1}.`, remedy: expect.stringContaining("2 files") as string });
});

describe("damage", () => {
  it.each<[string, string]>([
    ["an empty file", ""],
    ["one that is cut off", manifestText().slice(0, -40)],
    ["one with a changed byte", manifestText().replace('"mode":384', '"mode":420')],
    ["one without its seal", JSON.stringify(manifest())],
    ["no object", "[]"],
    ["null", "null"],
  ])("is seen: %s", (_, text) => {
    expect(refusal(text)).toMatchObject({ code: "backup-invalid", remedy: expect.stringContaining("Nothing was written") as string });
  });

  it("is not taken for a later format, which is named", () => {
    expect(refusal(JSON.stringify({ ...manifest(), version: 2 })).message).toContain("a later fortress (format 2)");
  });

  it("is what belongs to another set", () => {
    expect(refusal(manifestText(), "000008-2026-11-28T03-00-00Z").message).toContain("belongs to");
  });
});

describe("a hostile manifest", () => {
  const files = (...list: Manifest["files"]) => manifestText({ files: list });

  it.each([
    "../outside",
    "a/../../outside",
    "/etc/passwd",
    "a//b",
    "./a",
    "a/.",
    "a/",
    "",
    "a\0b",
    "..",
    "\ud800",
    `${"x".repeat(256)}`,
    "a/../b",
  ])("can't name %j", (path) => {
    expect(refusal(files(bytesFile(path))).code).toBe("backup-invalid");
    expect(refusal(manifestText({ directories: [{ root: "state", path: path === "" ? ".." : path, mode: 0o700, uid: 0, gid: 0 }] })).code).toBe("backup-invalid");
  });

  it.each<[string, string]>([
    ["a file twice", files(bytesFile("a"), bytesFile("a"))],
    ["a file and a directory of one name", manifestText({ files: [bytesFile("a")], directories: [{ root: "state", path: "a", mode: 0o700, uid: 0, gid: 0 }] })],
    ["a file below a file", files(bytesFile("a"), bytesFile("a/b"))],
    ["a file far below a file", files(bytesFile("a"), bytesFile("a/b/c/d"))],
    ["a journal beside a database", files(databaseFile("state/x.sqlite"), bytesFile("state/x.sqlite-journal"))],
    ["a log beside a database", files(databaseFile("state/x.sqlite"), bytesFile("state/x.sqlite-wal"))],
    ["a root that is not listed", files(bytesFile("a", { root: "outside-1" }))],
    ["set-user-id", files(bytesFile("a", { mode: 0o4755 }))],
    ["a negative size", files(bytesFile("a", { size: -1 }))],
    ["no hash", files(Object.fromEntries(Object.entries(bytesFile("a")).filter(([key]) => key !== "sha256")) as Manifest["files"][number])],
    ["a database without what it holds", files(bytesFile("a", { kind: "database" }))],
    ["a kind that there is not", files(bytesFile("a", { kind: "link" as "bytes" }))],
    ["a key that there is not", files({ ...bytesFile("a"), target: "/etc" } as Manifest["files"][number])],
    ["a link in the state", manifestText({ links: [{ path: "state/openclaw.sqlite-journal", target: "/etc/passwd" }] })],
    ["a link at the top", manifestText({ links: [{ path: "credentials", target: "/etc" }] })],
    ["a link out of a plugin's folder", manifestText({ links: [{ path: "extensions/x/../../credentials", target: "/etc" }] })],
    ["a link and a file of one name", manifestText({ links: [{ path: "extensions/x/y", target: "/etc" }], files: [bytesFile("extensions/x/y")] })],
    ["a file through a link", manifestText({ links: [{ path: "extensions/x/y", target: "/etc" }], files: [bytesFile("extensions/x/y/cron.d")] })],
    ["a directory through a link", manifestText({ links: [{ path: "extensions/x/y", target: "/etc" }], directories: [{ root: "state", path: "extensions/x/y/z", mode: 0o700, uid: 0, gid: 0 }] })],
    ["a link through a link", manifestText({ links: [{ path: "extensions/x/y", target: "/etc" }, { path: "extensions/x/y/z", target: "/etc" }] })],
    ["a link twice", manifestText({ links: [{ path: "extensions/x/y", target: "/etc" }, { path: "extensions/x/y", target: "/tmp" }] })],
    ["two state directories", manifestText({ roots: [...manifest().roots, ...manifest().roots] })],
    ["a root with a way up", manifestText({ roots: [{ name: "state", source: "/home/../etc", what: "x" }] })],
    ["a relative root", manifestText({ roots: [{ name: "state", source: "home", what: "x" }] })],
    ["encryption without encrypted files", manifestText({ recipients: ["age1x"] })],
    ["encrypted files without encryption", files(bytesFile("a", { stored: { size: 300, sha256: "b".repeat(64) } }))],
    ["more than is stored", manifestText({ recipients: ["age1x"], files: [{ ...Object.fromEntries(Object.entries(bytesFile("a", { size: 2 ** 40 })).filter(([key]) => key !== "sha256")), stored: { size: 300, sha256: "b".repeat(64) } } as Manifest["files"][number]] })],
  ])("can't bring %s", (_, text) => {
    expect(refusal(text).code).toBe("backup-invalid");
  });

  it("writes nothing on the terminal that shows its error", () => {
    expect(refusal(files(bytesFile("../\u001b[31m\nERASED"))).message).not.toMatch(/[\u001b\n]/);
  });

  it("is never restored outside of its target, whatever its paths are", () => {
    const path = fc.oneof(fc.string({ maxLength: 12 }), fc.array(fc.constantFrom("..", ".", "a", "", "b\0", "/", "c"), { maxLength: 5 }).map((segments) => segments.join("/")));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 4 }), (paths) => {
        let read: Manifest;
        try {
          read = readManifest(sealManifest({ ...manifest(), directories: [], files: paths.map((each) => bytesFile(each)) }), SET);
        } catch {
          return;
        }
        for (const { to } of planRestore(read, undefined).files) expect(new URL(`file:///target/${to.split("/").map(encodeURIComponent).join("/")}`).pathname.startsWith("/target/") && !to.split("/").includes("..")).toBe(true);
      }),
    );
  });
});

describe("what is restored", () => {
  const set = readManifest(manifestText({ roots: [...manifest().roots, { name: "outside-1", source: "/srv/agent", what: "an agent's directory" }], files: [...manifest().files, bytesFile("notes.txt", { root: "outside-1" })] }), SET);

  it("is everything, what belongs elsewhere in a place of its own", () => {
    expect(planRestore(set, undefined).files.map(({ to }) => to)).toEqual(["openclaw.json", "state/openclaw.sqlite", "fortress/restored/outside-1/notes.txt"]);
  });

  it("is one file where one is asked for", () => {
    expect(planRestore(set, "state/openclaw.sqlite").files.map(({ to }) => to)).toEqual(["state/openclaw.sqlite"]);
    expect(planRestore(set, "outside-1:notes.txt").files.map(({ to }) => to)).toEqual(["fortress/restored/outside-1/notes.txt"]);
    expect(errorOf(() => planRestore(set, "state/other.sqlite"))).toMatchObject({ code: "backup-refused", remedy: "Its databases: state/openclaw.sqlite." });
  });
});
