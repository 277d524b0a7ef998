import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeProfile } from "../../src/edge/profiles.ts";
import { errorOf } from "../fixtures/errors.ts";
import { tempDir } from "../fixtures/temp.ts";

const TEXT = '{"defaultAction":"SCMP_ACT_ERRNO"}\n';
const mode = (path: string): number => statSync(path).mode & 0o777;

describe("a seccomp profile", () => {
  it("is on disk, for nobody else to read, at a path that depends on its text alone", () => {
    const stateDir = tempDir();
    const path = writeProfile(stateDir, TEXT);
    expect(path).toMatch(new RegExp(`^${stateDir}/fortress/seccomp/[0-9a-f]{32}\\.json$`));
    expect(readFileSync(path, "utf8")).toBe(TEXT);
    expect([path, dirname(path), join(stateDir, "fortress")].map(mode)).toEqual([0o600, 0o700, 0o700]);
    expect(writeProfile(stateDir, TEXT)).toBe(path);
    expect(writeProfile(stateDir, `${TEXT} `)).not.toBe(path);
    expect(readdirSync(dirname(path))).toHaveLength(2);
  });

  it("is written once", () => {
    const stateDir = tempDir();
    const first = lstatSync(writeProfile(stateDir, TEXT));
    expect(lstatSync(writeProfile(stateDir, TEXT)).ino).toBe(first.ino);
  });

  it("that somebody changed or replaced by a link is written anew", () => {
    const stateDir = tempDir();
    const path = writeProfile(stateDir, TEXT);
    writeFileSync(path, TEXT.replace("ERRNO", "ALLOW"));
    expect(readFileSync(writeProfile(stateDir, TEXT), "utf8")).toBe(TEXT);
    const other = join(stateDir, "other");
    writeFileSync(other, TEXT);
    rmSync(path);
    symlinkSync(other, path);
    expect(lstatSync(writeProfile(stateDir, TEXT)).isFile()).toBe(true);
  });

  it("closes a folder that was open to others", () => {
    const stateDir = tempDir();
    mkdirSync(join(stateDir, "fortress"), { mode: 0o755 });
    chmodSync(join(stateDir, "fortress"), 0o755);
    writeProfile(stateDir, TEXT);
    expect(mode(join(stateDir, "fortress"))).toBe(0o700);
  });

  it("that can't be written refuses the sandbox, with a remedy", () => {
    const stateDir = tempDir();
    writeFileSync(join(stateDir, "fortress"), "");
    const { code, remedy } = errorOf(() => writeProfile(stateDir, TEXT));
    expect([code, remedy !== ""]).toEqual(["posture-not-applied", true]);
  });
});
