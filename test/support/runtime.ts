import { createHash } from "node:crypto";
import { access, mkdir, readFile, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { asUser, type RootlessUser } from "./user.ts";

/** The programs of a gateway: Node 24 and OpenClaw. */
export interface Runtime {
  readonly node: string;
  readonly openclaw: string;
}

/** Names a `node_modules` whose OpenClaw and Node the gateways are to run with, instead of the checkout's. */
export const HOST_VARIABLE = "FORTRESS_TEST_HOST";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The checkout's own programs (or those of {@link HOST_VARIABLE}), or for a user who may not read
 * them, because they lie in a folder of root's, a copy in that user's home, made once per lock file.
 */
export async function runtimeFor(user: RootlessUser | undefined): Promise<Runtime> {
  const modules = process.env[HOST_VARIABLE] ?? join(ROOT, "node_modules");
  const own = await runtimeIn(modules);
  if (!user) return own;
  await finishInstallation(own);
  if (await mayRead(user, own)) return own;

  const lock = createHash("sha256").update(await readFile(join(modules, "../package-lock.json"))).digest("hex");
  const copy = `${user.home}/checkout-${lock.slice(0, 16)}`;
  const made = await access(copy).then(() => true, () => false);
  if (!made) {
    const partial = `${copy}.${process.pid}`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    // Under this name, because that is where the packages look for each other.
    await execa("cp", ["--archive", modules, join(partial, "node_modules")]);
    await execa("chmod", ["--recursive", "a+rX", partial]);
    await rename(partial, copy);
  }
  return runtimeIn(join(copy, "node_modules"));
}

async function runtimeIn(modules: string): Promise<Runtime> {
  // The host needs Node 24; what runs this file may be the machine's own, older one.
  return { node: await realpath(join(modules, ".bin/node")), openclaw: join(modules, "openclaw/openclaw.mjs") };
}

/** Installed without scripts, OpenClaw does their work at its first start; who may not write there can't start it before. */
async function finishInstallation({ node, openclaw }: Runtime): Promise<void> {
  const pending = await access(join(openclaw, "../.openclaw-lifecycle-pending")).then(() => true, () => false);
  if (pending) await execa(node, [openclaw, "--version"]);
}

async function mayRead(user: RootlessUser, { node, openclaw }: Runtime): Promise<boolean> {
  const [file, ...args] = asUser(user, ["sh", "-c", 'test -x "$1" && test -r "$2"', "sh", node, openclaw]);
  return !(await execa(file!, args, { cwd: "/", reject: false })).failed;
}
