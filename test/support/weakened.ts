import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:net";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { withoutLogLimit } from "./engine-conf.ts";
import type { Engine } from "./engine.ts";
import { livedIn, secretsFile } from "./lived-in.ts";

/** A lived-in HOME and containers that give it away: nothing of OpenClaw's runs. */
export interface Weakened extends AsyncDisposable {
  readonly home: string;
  readonly stateDir: string;
  /** Of a listener on the host's loopback. */
  readonly port: number;
  /** Their names, one for each way of being careless. */
  readonly containers: readonly string[];
}

/** @param image has python3 */
export async function startWeakened(engine: Engine, image: string): Promise<Weakened> {
  // Below /home, because what lies in /tmp or /var/tmp is covered by the containers' own.
  const home = await mkdtemp("/home/fortress-weakened-");
  const [stateDir, workspace] = [join(home, ".openclaw"), join(home, "workspace")];
  const mark = randomBytes(4).toString("hex");
  const [open, careless, stranger] = [`open-${mark}`, `careless-${mark}`, `stranger-${mark}`];
  const socket = await listen({ path: join(home, "engine.sock") });
  const gateway = await listen({ port: 0, host: "127.0.0.1" });
  const abstract = await listen({ path: `\0fortress-${mark}` });
  const stop = async (): Promise<void> => {
    await engine.podman(["rm", "--force", "--time", "0", open, careless, stranger]).catch(() => {});
    for (const server of [socket, gateway, abstract]) server.close();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await livedIn().seed(stateDir);
    await writeFile(join(stateDir, "openclaw.json"), "{}");
    for (const database of ["state/openclaw.sqlite", "memory/main.sqlite"]) await writeFile(join(stateDir, database), "not empty");
    for (const folder of [workspace, join(workspace, "above/protected"), join(home, "runtime")]) await mkdir(folder, { recursive: true });
    await writeFile(join(home, "replaced"), "old");
    // Made wide open, store and all.
    await chmod(secretsFile(home), 0o644);
    const volumes = [
      `${stateDir}:${stateDir}`,
      `${join(home, ".config")}:${join(home, ".config")}`,
      `${workspace}:/workspace:rshared`,
      `${workspace}/above/protected:/workspace/above/protected:ro`,
      `${home}/engine.sock:/run/docker.sock`,
      `${home}/runtime:/run/user/1000`,
      `${home}/replaced:/replaced`,
      "/etc:/host-etc:ro",
    ];
    await engine.podman([
      ...["run", "--detach", "--name", open, "--privileged", "--network", "host", "--pid", "host", "--ipc", "host", "--uts", "host", "--cgroupns", "host", "--systemd", "false"],
      ...["--security-opt", "seccomp=unconfined"],
      ...["--env", "SOME_API_KEY=x", "--env", "HOME=/workspace", "--workdir", "/workspace", ...volumes.flatMap((volume) => ["--volume", volume])],
      ...[image, "sleep", "infinity"],
    ]);
    await engine.podman(["exec", open, "mount", "-t", "devtmpfs", "devtmpfs", "/mnt"]);
    // The workspace is root's.
    await engine.podman(["run", "--detach", "--name", stranger, "--network", "none", "--user", "65532:65532", "--volume", `${workspace}:/workspace`, image, "sleep", "infinity"]);
    await writeFile(join(home, "new"), "new");
    await rename(join(home, "new"), join(home, "replaced"));
    const env = { ...process.env, ...(await withoutLogLimit(engine.env, home)) };
    await execa("podman", ["run", "--detach", "--name", careless, "--log-driver", "k8s-file", "--shm-size", "128m", "--tmpfs", "/tmp:exec,mode=1777", "--volume", `${workspace}:/workspace`, image, "sleep", "infinity"], { env, cwd: "/" });
    return { home, stateDir, port: (gateway.address() as { port: number }).port, containers: [open, careless, stranger], [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(at: { path: string } | { port: number; host: string }): Promise<Server> {
  const server = createServer((connection) => connection.end());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(at, resolve));
  return server;
}
