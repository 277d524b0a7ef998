import { execFile } from "node:child_process";
import { createServer, type Server } from "node:net";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withoutLogLimit } from "../engine-conf.ts";
import type { Engine } from "../engine.ts";
import { type Answers, ATTACKS, insideScript, readAnswers } from "./battery.ts";
import { OUTSIDE } from "./outside.ts";
import type { Answer, Inspect, Target } from "./row.ts";

/**
 * The same attacks in a container with everything that OpenClaw itself keeps closed wide open: an
 * attack that is held everywhere else could not be told from one that does nothing.
 */
export async function attackWeakened(engine: Engine, image: string, target: Target, runtimeVersion: string): Promise<Answers> {
  const folder = await mkdtemp("/var/tmp/fortress-weakened-");
  const workspace = join(folder, "workspace");
  const name = `weakened-${process.pid}`;
  const careless = `careless-${process.pid}`;
  const socket = await listen(join(folder, "engine.sock"));
  try {
    for (const each of ["workspace", "runtime"]) await mkdir(join(folder, each));
    await writeFile(join(folder, "replaced"), "old");
    await engine.podman([
      ...["run", "--detach", "--name", name, "--privileged", "--network", "host", "--pid", "host", "--shm-size", "128m", "--security-opt", "seccomp=unconfined"],
      ...["--env", "SOME_API_KEY=x", "--env", "HOME=/workspace"],
      ...["--volume", `${workspace}:/workspace`, "--volume", `${folder}/engine.sock:/run/docker.sock`, "--volume", `${folder}/runtime:/run/user/1000`, "--volume", `${folder}/replaced:/replaced`],
      ...[image, "sleep", "infinity"],
    ]);
    await writeFile(join(folder, "new"), "new");
    await rename(join(folder, "new"), join(folder, "replaced"));
    const answers = readAnswers(await engine.podman(["exec", "--workdir", "/workspace", name, "sh", "-c", insideScript(target)]));
    const [inspect] = JSON.parse(await engine.podman(["inspect", name])) as [Inspect];
    for (const { id, look } of OUTSIDE) answers.set(id, look({ pid: inspect.State.Pid, inspect, workspace, runtimeVersion }));
    answers.set("HCD-01", await readThroughLink(workspace, target));
    // The processes of one that shares the host's are the host's to reap, and its log is bounded like any other here.
    const env = { ...process.env, ...(await withoutLogLimit(engine.env, folder)) };
    await promisify(execFile)("podman", ["run", "--detach", "--name", careless, "--log-driver", "k8s-file", image, "sleep", "infinity"], { env });
    const [other] = JSON.parse(await engine.podman(["inspect", careless])) as [Inspect];
    answers.set("RES-11", readAnswers(await engine.podman(["exec", careless, "sh", "-c", insideScript(target)])).get("RES-11")!);
    answers.set("RES-09", OUTSIDE.find(({ id }) => id === "RES-09")!.look({ pid: other.State.Pid, inspect: other, workspace, runtimeVersion }));
    return new Map(ATTACKS.flatMap((id) => (answers.has(id) ? [[id, answers.get(id)!] as const] : [])));
  } finally {
    await engine.podman(["rm", "--force", "--time", "0", name, careless]).catch(() => {});
    socket.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What becomes of a reader that follows links. */
async function readThroughLink(workspace: string, { stateDir, canary }: Target): Promise<Answer> {
  await symlink(join(stateDir, "credentials/note.txt"), join(workspace, "link"));
  const text = await readFile(join(workspace, "link"), "utf8");
  return text.includes(canary) ? { verdict: "FAIL", detail: "followed" } : { verdict: "HELD", detail: "not followed" };
}

async function listen(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  return server;
}
