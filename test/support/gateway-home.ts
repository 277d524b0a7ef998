import { randomUUID } from "node:crypto";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Json } from "./gateway-config.ts";
import type { RootlessUser } from "./user.ts";

/** The HOME of one gateway, with the state directory that OpenClaw keeps below it. */
export interface GatewayHome {
  readonly path: string;
  readonly stateDir: string;
  readConfig(): Promise<Json>;
  writeConfig(config: Json): Promise<void>;
}

export interface HomeInput {
  readonly user: RootlessUser | undefined;
  readonly config: (path: string) => Json;
  readonly pluginDir: string | undefined;
  readonly seed: ((stateDir: string) => Promise<void>) | undefined;
}

export async function createHome({ user, config, pluginDir, seed }: HomeInput): Promise<GatewayHome> {
  // OpenClaw refuses to mount anything below /root, and below /tmp a sandbox has a tmpfs of its own,
  // in which it could write where a HOME on the host would refuse it.
  const path = await mkdtemp("/home/fortress-gateway-");
  const stateDir = join(path, ".openclaw");
  const configFile = join(stateDir, "openclaw.json");

  const home: GatewayHome = {
    path,
    stateDir,
    readConfig: async () => JSON.parse(await readFile(configFile, "utf8")) as Json,
    async writeConfig(next) {
      // Renamed into place, because the gateway watches the file and must not read half of it.
      const draft = `${configFile}.${randomUUID()}`;
      await writeFile(draft, JSON.stringify(next, null, 2), { mode: 0o600 });
      if (user) await chown(draft, user.uid, user.gid);
      await rename(draft, configFile);
    },
  };
  await mkdir(stateDir, { mode: 0o700 });
  if (pluginDir) await cp(pluginDir, join(stateDir, "extensions/fortress"), { recursive: true });
  await home.writeConfig(config(path));
  await seed?.(stateDir);
  await chmod(path, 0o700);
  if (user) await execa`chown -R --no-dereference ${user.uid}:${user.gid} ${path}`;
  return home;
}
