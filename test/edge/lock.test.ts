import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LockBusy, withLock } from "../../src/edge/lock.ts";
import { tempDir } from "../fixtures/temp.ts";

const MODULE = JSON.stringify(join(import.meta.dirname, "../../src/edge/lock.ts"));

/** Another process that holds the lock until it is killed. */
async function holder(path: string) {
  const script = `const { withLock } = await import(${MODULE}); await withLock(process.argv[1], 5000, () => { process.stdout.write("held"); return new Promise((r) => setTimeout(r, 600_000)); });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

/** As if the holder had not been heard of for an hour. */
function age(path: string): void {
  utimesSync(`${path}.lock`, new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
}

it("lets one in at a time, and leaves nothing behind", async () => {
  const path = join(tempDir(), "x");
  let inside = 0;
  const one = () => withLock(path, 10_000, async () => {
    inside += 1;
    await new Promise((done) => setTimeout(done, 5));
    return inside--;
  });
  expect(await Promise.all([one(), one(), one()])).toEqual([1, 1, 1]);
  expect([existsSync(`${path}.lock`), existsSync(`${path}.owner`)]).toEqual([false, false]);
});

it("is given back when what was done under it fails", async () => {
  const path = join(tempDir(), "x");
  await expect(withLock(path, 1_000, () => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
  expect(await withLock(path, 1_000, () => "again")).toBe("again");
});

it("is not taken from a process that lives, however long it was not heard of", async () => {
  const path = join(tempDir(), "x");
  const child = await holder(path);
  child.kill("SIGSTOP");
  age(path);
  await expect(withLock(path, 300, () => "in")).rejects.toThrow(LockBusy);
  child.kill("SIGKILL");
  await once(child, "exit");
  age(path);
  expect(await withLock(path, 5_000, () => "in")).toBe("in");
}, 60_000);

it("is taken over where the pid of the dead holder is somebody else's by now", async () => {
  const path = join(tempDir(), "x");
  mkdirSync(`${path}.lock`);
  writeFileSync(`${path}.owner`, `${process.pid} 1 boot pid:[1]`);
  age(path);
  expect(await withLock(path, 1_000, () => "in")).toBe("in");
});

it("is not taken over before it has aged where nobody is named", async () => {
  const path = join(tempDir(), "x");
  mkdirSync(`${path}.lock`);
  await expect(withLock(path, 200, () => "in")).rejects.toThrow(/unknown/);
});
