import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";

/** Counts the starts of one engine by whoever has `folder` first on its PATH. */
export interface EngineCalls {
  readonly folder: string;
  /** A PATH on which there is this one, and the engine nowhere else. */
  onlyPath(): Promise<string>;
  /** Takes it away from the folder, or brings it back. */
  setMissing(missing: boolean): Promise<void>;
  /** Lets calls with this first word stand still from now on, before they reach the engine; returns what lets them go on. */
  hold(word: string): Promise<() => Promise<void>>;
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
  // One write of less than a page: calls that run at the same time do not mix. By its name, as if it had been found at once.
  await writeFile(shim, `#!/bin/bash\nprintf '%s\\n' "$1 $2" >> ${file}\nwhile [ -e "${folder}/hold-$1" ]; do sleep 0.05; done\nexec -a ${engine} ${real} "$@"\n`);
  await chmod(shim, 0o755);
  await writeFile(file, "");
  let taken = 0;
  return {
    folder,
    async onlyPath() {
      const others: string[] = [];
      for (const [index, path] of (process.env.PATH ?? "").split(delimiter).entries()) {
        const names = await readdir(path).catch((): string[] => []);
        const links = join(folder, `path-${index}`);
        if (names.includes(engine)) {
          await mkdir(links);
          await Promise.all(names.filter((name) => name !== engine).map((name) => symlink(join(path, name), join(links, name))));
        }
        others.push(names.includes(engine) ? links : path);
      }
      return [folder, ...others].join(delimiter);
    },
    setMissing: (missing) => (missing ? rename(shim, `${shim}.away`) : rename(`${shim}.away`, shim)),
    async hold(word) {
      const mark = join(folder, `hold-${word}`);
      await writeFile(mark, "");
      return () => rm(mark);
    },
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
