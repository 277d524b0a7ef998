/** The real tests on every OpenClaw that the package declares: `npm run test:hosts [-- <files and options of vitest>]`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { sharedCacheFolder } from "../support/folders.ts";
import { HOST_VARIABLE } from "../support/runtime.ts";

const ROOT = join(import.meta.dirname, "../..");

const { peerDependencies, devDependencies, optionalDependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Record<string, Record<string, string>>;
const oldest = /^>=(\S+)$/.exec(peerDependencies!.openclaw!)?.[1];
if (oldest === undefined) throw new Error(`peerDependencies.openclaw is "${peerDependencies!.openclaw}"; it should be ">=" and the oldest version`);

let failed = false;
for (const version of new Set([oldest, devDependencies!.openclaw!])) {
  console.log(`\nOpenClaw ${version}`);
  const modules = await install(version);
  const { exitCode } = await execa("vitest", ["run", "--project", "real", ...process.argv.slice(2)], {
    cwd: ROOT,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
    env: { [HOST_VARIABLE]: modules },
  });
  failed ||= exitCode !== 0;
}
process.exitCode = failed ? 1 : 0;

/** OpenClaw of this version with a Node for it, installed once. */
async function install(version: string): Promise<string> {
  const folder = join(await sharedCacheFolder(), version);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { openclaw: version }, optionalDependencies }));
  await execa("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
  return join(folder, "node_modules");
}
