import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Counts the starts of one engine by whoever has `folder` first on its PATH. */
export interface EngineCalls {
  readonly folder: string;
  /** The calls since the last `take`, as their first words (`exec`, `image inspect`, …). */
  take(): Promise<string[]>;
  remove(): Promise<void>;
}

/** A folder with a program of the engine's name that notes its arguments and becomes the engine. */
export async function countEngineCalls(engine: string): Promise<EngineCalls> {
  const folder = await mkdtemp("/tmp/fortress-bench-");
  const file = join(folder, "calls");
  const shim = join(folder, engine);
  const { stdout: real } = await execa("sh", ["-c", `command -v ${engine}`]);
  // One write of less than a page: calls that run at the same time do not mix.
  await writeFile(shim, `#!/bin/sh\nprintf '%s\\n' "$1 $2" >> ${file}\nexec ${real} "$@"\n`);
  await chmod(shim, 0o755);
  await writeFile(file, "");
  let taken = 0;
  return {
    folder,
    async take() {
      const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
      const fresh = lines.slice(taken);
      taken = lines.length;
      return fresh.map(verb).sort();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function verb(line: string): string {
  const [first = "", second = ""] = line.split(" ");
  return ["image", "container", "system"].includes(first) ? `${first} ${second}` : first;
}
