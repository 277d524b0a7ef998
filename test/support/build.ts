/** Makes the plugin folder `dist/fortress`: compiled code, manifest, skills and the packages it runs on. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { execa } from "execa";
import { rolldown } from "rolldown";

const root = join(import.meta.dirname, "../..");
/** What `build` makes; copied to `~/.openclaw/extensions/fortress` it is the plugin. */
export const PLUGIN_DIR = join(root, "dist/fortress");

/** Files of packages that nothing reads at run time; OpenClaw copies the whole folder at every load. */
const NOT_RUN = /\.(d\.[mc]?ts|map|md)$|(^|\/)build\/cjs(\/|$)|@noble\/[^/]+\/src(\/|$)|\/sql\.js\/dist\/(?!sql-wasm\.(js|wasm)$)/;

/** They stay packages: what only few commands load, and what starts programs, which OpenClaw's audit wants nowhere else. */
const PACKAGES = ["age-encryption", "commander", "execa", "json5", "sql.js"];

/**
 * Puts what the command without OpenClaw is made of into a few files beside it: to find and read the
 * hundreds of it takes longer than what the command does. They stay readable, and none is loaded that
 * a command does not need.
 */
async function bundleCommand(): Promise<void> {
  const folder = join(PLUGIN_DIR, "bin");
  await using bundle = await rolldown({ input: join(folder, "fortress.mjs"), platform: "node", external: PACKAGES, logLevel: "warn" });
  await bundle.write({ dir: folder, entryFileNames: "[name].mjs", chunkFileNames: "fortress-[name].mjs" });
}

/** The same for execa, which is a hundred and fifty files with what it needs; the gateway reads it as well. */
async function bundleExeca(): Promise<void> {
  const file = join(PLUGIN_DIR, "node_modules/execa/index.js");
  await using bundle = await rolldown({ input: file, platform: "node", logLevel: "warn" });
  await bundle.write({ file });
  await rm(join(PLUGIN_DIR, "node_modules/execa/lib"), { recursive: true });
}

export async function build(): Promise<string> {
  await rm(PLUGIN_DIR, { recursive: true, force: true });
  await mkdir(PLUGIN_DIR, { recursive: true });
  await execa("tsc", ["-p", join(root, "tsconfig.build.json"), "--outDir", PLUGIN_DIR], { cwd: root, preferLocal: true, stdout: "inherit", stderr: "inherit" });

  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const { name, version, description, type, dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const shipped = { name, version, description, type, dependencies, peerDependencies, peerDependenciesMeta, openclaw: { extensions: ["./index.js"] } };
  await writeFile(join(PLUGIN_DIR, "package.json"), `${JSON.stringify(shipped, null, 2)}\n`);

  for (const entry of ["openclaw.plugin.json", "skills", "README.md"]) await cp(join(root, entry), join(PLUGIN_DIR, entry), { recursive: true });
  for (const path of await productionPackages()) {
    await cp(join(root, path), join(PLUGIN_DIR, path), { recursive: true, filter: (source) => !NOT_RUN.test(relative(root, source)) });
  }
  await bundleExeca();
  await bundleCommand();
  return PLUGIN_DIR;
}

/** Folders, below the root, of every package that the plugin needs at run time; from the lock file. */
async function productionPackages(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean; peer?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional, peer }]) => path !== "" && !dev && !optional && !devOptional && !peer)
    .map(([path]) => path);
}

if (basename(process.argv[1] ?? "") === "build.ts") await build();
