import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listLogFiles } from "../../src/edge/log-files.ts";
import { tempDir } from "../fixtures/temp.ts";

it("lists files with their length, those in folders too, and follows and opens nothing", () => {
  const folder = tempDir();
  const file = (name: string, text = ""): string => (writeFileSync(join(folder, name), text), join(folder, name));
  const own = file("own.txt", "12345");
  mkdirSync(join(folder, "logs/deeper.log"), { recursive: true });
  const log = file("logs/a.log", "123");
  file("logs/b.txt", "1");
  file("logs/deeper.log/c.log", "1");
  symlinkSync(own, join(folder, "logs/link.log"));
  execFileSync("mkfifo", [join(folder, "logs/fifo.log")]);
  expect(listLogFiles([join(folder, "logs"), own, join(folder, "missing"), join(own, "below")])).toEqual([{ path: log, bytes: 3 }, { path: own, bytes: 5 }]);
});
