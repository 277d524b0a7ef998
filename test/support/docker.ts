import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { asHost } from "./docker-host.ts";
import { installDocker } from "./docker-install.ts";
import { cacheFolder, runFolder } from "./folders.ts";
import { withProgress } from "./progress.ts";
import type { Log } from "./progress.ts";

/** A Docker daemon of its own, which nothing else on the machine talks to. */
export interface Docker extends AsyncDisposable {
  readonly version: string;
  /** Environment that points every docker process at this daemon. */
  readonly env: Readonly<Record<string, string>>;
  /** What a gateway that uses it is started with, in front of its own command. */
  readonly launcher: readonly string[];
  /** Runs `docker <args>` and returns its standard output. */
  docker(args: readonly string[], options?: { inputFile?: string }): Promise<string>;
  /** Ends it with all its containers and removes what it wrote. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 90_000;

/** Starts a daemon without bridges and firewall rules: sandboxes have no network, and the operator's stays as it is. */
export async function startDocker({ log }: { log: Log }): Promise<Docker> {
  await installDocker(log);
  const [cache, run] = await Promise.all([cacheFolder(), runFolder()]);
  for (const parent of [cache, run]) await removeLeftovers(parent);
  // Containerd's sockets lie below the second one, and paths of sockets must be short.
  const name = `docker-${process.pid}-${Date.now().toString(36)}`;
  const [data, exec] = [join(cache, name), join(run, name)];
  const hostRoot = join(exec, "host");
  for (const folder of [data, exec, hostRoot]) await mkdir(folder, { mode: 0o700 });
  const config = join(exec, "daemon.json");
  // Named, because otherwise the operator's own file in /etc/docker counts.
  await writeFile(config, `${JSON.stringify({ "log-driver": "local" })}\n`);

  const env = { DOCKER_HOST: `unix://${exec}/docker.sock` };
  const flags = ["--config-file", config, "-H", env.DOCKER_HOST, "--data-root", data, "--exec-root", join(exec, "exec"), "--pidfile", join(exec, "dockerd.pid")];
  const isolation = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"];
  // The kernel ends the daemon with this process, however this process ends; it ends its containers itself.
  const daemon = execa("setpriv", ["--pdeathsig", "TERM", "dockerd", ...flags, ...isolation], { detached: true, buffer: false, stdin: "ignore", stdout: "ignore", reject: false });
  let output = "";
  daemon.stderr.setEncoding("utf8").on("data", (chunk: string) => (output = (output + chunk).slice(-20_000)));

  const docker: Docker["docker"] = async (args, options = {}) => (await execa("docker", args, { ...options, env })).stdout;
  const stop = async (): Promise<void> => {
    await removeContainers(docker).catch(() => {});
    daemon.kill("SIGTERM");
    const ended = await Promise.race([daemon.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
    if (!ended) {
      process.kill(-daemon.pid!, "SIGKILL");
      await daemon;
    }
    for (const folder of [data, exec]) await removeTree(folder);
  };
  try {
    const version = await withProgress(log, "Starting a Docker daemon", () =>
      Promise.race([
        untilReady(docker),
        daemon.then(({ exitCode }) => Promise.reject(new Error(`dockerd ended with code ${exitCode}`))),
      ]),
    );
    return { version, env, launcher: asHost(hostRoot), docker, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
}

async function untilReady(docker: Docker["docker"]): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await docker(["version", "--format", "{{.Server.Version}}"]);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

async function removeContainers(docker: Docker["docker"]): Promise<void> {
  const ids = (await docker(["ps", "--all", "--quiet"])).split("\n").filter(Boolean);
  if (ids.length > 0) await docker(["rm", "--force", ...ids]);
}

/** What daemons of test processes that are gone by now could not remove. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^docker-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A daemon that was killed leaves its containers' file systems mounted. */
async function removeTree(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" ")[4] ?? "");
  const below = mounts.filter((path) => path === folder || path.startsWith(`${folder}/`));
  for (const path of below.reverse()) await execa("umount", ["--lazy", path], { reject: false });
  await rm(folder, { recursive: true, force: true });
}
