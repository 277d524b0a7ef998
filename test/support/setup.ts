import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { createEngine } from "./engine.ts";
import type { Engine } from "./engine.ts";
import { EVENTS, machineSettings, QUICK_INFO, toml } from "./engine-conf.ts";
import { cacheFolder, runFolder } from "./folders.ts";
import type { Log } from "./progress.ts";
import { installRequirements } from "./requirements.ts";
import { rootlessUser } from "./user.ts";

/** Podman 5 as the current user, installed if need be, apart from the operator's own containers. */
export async function prepareEngine({ log }: { log: Log }): Promise<Engine> {
  return prepareRootful(log, "");
}

/** The same Podman with its old state database, which keeps the environment of every exec on disk. */
export async function prepareBoltEngine({ log }: { log: Log }): Promise<Engine> {
  return prepareRootful(log, "-bolt", {
    // Podman makes no new BoltDB database but for its own tests.
    CI_DESIRED_DATABASE: "boltdb",
    SUPPRESS_BOLTDB_WARNING: "1",
  });
}

async function prepareRootful(log: Log, suffix: "" | "-bolt", extra: Readonly<Record<string, string>> = {}): Promise<Engine> {
  await installRequirements(log);
  const [cache, run, settings] = await Promise.all([cacheFolder(), runFolder(), machineSettings()]);
  const env = {
    ...QUICK_INFO,
    ...extra,
    CONTAINERS_CONF_OVERRIDE: `${cache}/containers${suffix}.conf`,
    CONTAINERS_STORAGE_CONF: `${cache}/storage${suffix}.conf`,
  };
  const backend = suffix === "" ? "sqlite" : "boltdb";
  const conf = toml({
    containers: settings.containers,
    engine: {
      ...settings.engine,
      // By default all stores of a user share these two: our first start would reset the operator's locks.
      tmp_dir: `${run}/libpod${suffix}`,
      lock_type: "file",
      database_backend: backend,
      ...EVENTS,
    },
    // The default subnet belongs to the operator's containers.
    network: { default_subnet: "10.213.0.0/24" },
  });
  const storage = toml({ storage: { driver: "overlay", graphroot: `${cache}/storage${suffix}`, runroot: `${run}/storage${suffix}` } });
  await Promise.all([replace(env.CONTAINERS_CONF_OVERRIDE, conf), replace(env.CONTAINERS_STORAGE_CONF, storage)]);
  return createEngine(env, undefined, backend);
}

/** The same Podman as an unprivileged user, the way most people run it. Needs root to create that user. */
export async function prepareRootlessEngine({ log }: { log: Log }): Promise<Engine> {
  await installRequirements(log);
  const [user, settings] = await Promise.all([rootlessUser({ log }), machineSettings()]);
  const env = {
    ...user.env,
    ...QUICK_INFO,
    CONTAINERS_CONF_OVERRIDE: `${user.home}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${user.home}/storage.conf`,
  };
  const conf = toml({
    containers: settings.containers,
    engine: {
      ...settings.engine,
      // The user has no login session, hence neither systemd nor its journal to talk to.
      cgroup_manager: "cgroupfs",
      ...EVENTS,
      database_backend: "sqlite",
    },
  });
  // Named, because by default the store is below HOME, and each gateway has a HOME of its own.
  const graphroot = `${user.home}/storage`;
  const storage = toml({ storage: { driver: "overlay", graphroot, rootless_storage_path: graphroot } });
  await Promise.all([replace(env.CONTAINERS_CONF_OVERRIDE, conf), replace(env.CONTAINERS_STORAGE_CONF, storage)]);
  return createEngine(env, user);
}

/** Test files run side by side: a podman of the other one must not read half a file. */
async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, path);
}
