import { FortressError } from "../model/errors.ts";
import { type Answer, type Container, type EngineId, type Limits, PROBE_WORD } from "../model/sandbox.ts";
import type { ProcessResult, RunProcess } from "./process.ts";

/** The few things that fortress asks of a container engine. Every call ends within its deadline. */
export interface Engine {
  readonly id: EngineId;
  /** One container by name or id; undefined when the engine says that there is none. */
  inspect(name: string): Promise<Container | undefined>;
  /** Several containers by full id, from one look; without those that are gone. */
  inspectAll(ids: readonly string[]): Promise<Container[]>;
  /** Every container, running or not, that OpenClaw labelled as a sandbox. */
  sandboxes(): Promise<Container[]>;
  /** Applies limits to a running container; rejects when the engine refuses. */
  update(id: string, limits: Limits): Promise<void>;
  /** Directories in which the engine keeps images and containers; asked once. */
  storage(): Promise<readonly string[]>;
  /** Stops every process of a container where it is; rejects where the engine can't, as rootless Podman on cgroup v1. */
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  /** Ends every process of a running container; the container stays. */
  kill(id: string): Promise<void>;
  /** Runs `echo` as an agent's command would run. Never rejects. */
  probe(id: string): Promise<Answer>;
  /** Removes a container with everything that runs in it; one that is gone already is fine. */
  remove(id: string): Promise<void>;
  /** The same for one that does not run; the engine refuses one that does. */
  removeStopped(id: string): Promise<void>;
}

const DEADLINE_MS = 15_000;
/** A first process that does not react to being ended is killed only after ten seconds. */
const REMOVE_MS = 60_000;
/** A command that only answers takes a tenth of a second; a machine that is busy, some seconds. */
const PROBE_MS = 20_000;
const SANDBOX_LABEL = "openclaw.sandbox=1";
const NOT_FOUND = /no such (container|object)|no container with name or id|does not exist/i;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export function createEngine(id: EngineId, run: RunProcess): Engine {
  const call = async (args: readonly string[], deadlineMs = DEADLINE_MS): Promise<ProcessResult> => {
    const result = await run(id, args, { deadlineMs });
    if (result.missing) throw new FortressError("engine-missing", `${id} is not installed.`, `Install ${id}, or choose another sandbox backend.`);
    if (result.timedOut) {
      throw new FortressError("engine-silent", `${id} ${args[0]} did not answer within ${deadlineMs / 1000} s.`, `Check that "${id} ps" answers, then try again.`);
    }
    return result;
  };
  const failed = (args: readonly string[], result: ProcessResult): FortressError =>
    new FortressError("engine-failed", `${id} ${args[0]} failed: ${result.stderr.trim() || `exit ${result.code}`}`, `Run "${id} info" as the gateway's user and mend what it says.`);

  const understood = <T>(args: readonly string[], read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      throw new FortressError("engine-failed", `${id} ${args[0]} gave an answer that fortress does not understand.`, `Check that ${id} is a version that OpenClaw supports.`, { cause });
    }
  };

  const inspectAll = async (names: readonly string[]): Promise<Container[]> => {
    const args = ["inspect", "--type", "container", ...names.map(assertName)];
    const result = await call(args);
    if (result.code !== 0 && !NOT_FOUND.test(result.stderr)) throw failed(args, result);
    return understood(args, () => (JSON.parse(result.stdout || "[]") as unknown[]).map(readContainer));
  };

  const askStorage = async (): Promise<readonly string[]> => {
    // Not by the name of the field: the command docker may be Podman.
    const args = ["info", "--format", "{{json .}}"];
    const result = await call(args);
    if (result.code !== 0) throw failed(args, result);
    return understood(args, () => readStorage(JSON.parse(result.stdout)));
  };
  const order = async (args: readonly string[]): Promise<void> => {
    const result = await call(args);
    if (result.code !== 0) throw failed(args, result);
  };
  const removeBy = async (args: readonly string[]): Promise<void> => {
    const result = await call(args, REMOVE_MS);
    if (result.code !== 0 && !NOT_FOUND.test(result.stderr)) throw failed(args, result);
  };
  let storage: Promise<readonly string[]> | undefined;

  return {
    id,
    storage() {
      storage ??= askStorage();
      storage.catch(() => (storage = undefined));
      return storage;
    },
    inspectAll: async (ids) => (ids.length === 0 ? [] : inspectAll(ids)),
    inspect: async (name) => (await inspectAll([name]))[0],
    async sandboxes() {
      const args = ["ps", "-a", "-q", "--no-trunc", "--filter", `label=${SANDBOX_LABEL}`];
      const result = await call(args);
      if (result.code !== 0) throw failed(args, result);
      const ids = result.stdout.split("\n").filter(Boolean);
      return ids.length === 0 ? [] : inspectAll(ids);
    },
    update: async (container, limits) => order(["update", ...updateFlags(limits), assertName(container)]),
    async probe(container) {
      const probe = await run(id, ["exec", "-i", "-e", "HOME=/nonexistent", assertName(container), "/bin/sh", "-lc", `echo ${PROBE_WORD}`], { deadlineMs: PROBE_MS });
      // The image's own profile may have said something before.
      if (probe.code === 0 && probe.stdout.split("\n").includes(PROBE_WORD)) return "alive";
      // Whether the engine itself answers tells a sandbox that does not from an engine that does not.
      const state = probe.missing ? undefined : await run(id, ["inspect", "--type", "container", "--format", "{{.State.Running}} {{.State.Paused}}", assertName(container)], { deadlineMs: DEADLINE_MS });
      if (state?.code !== 0 || state.stdout.trim() !== "true false") return "unknown";
      return probe.timedOut ? "hung" : "broken";
    },
    pause: async (container) => order(["pause", assertName(container)]),
    unpause: async (container) => order(["unpause", assertName(container)]),
    kill: async (container) => order(["kill", assertName(container)]),
    remove: async (container) => removeBy(["rm", "-f", assertName(container)]),
    removeStopped: async (container) => removeBy(["rm", assertName(container)]),
  };
}

/** Podman writes `store`, Docker `DockerRootDir`; an answer without either is no answer. */
function readStorage(info: unknown): readonly string[] {
  const { store, DockerRootDir } = info as { store?: { graphRoot: string; runRoot: string }; DockerRootDir?: string };
  const paths = store ? [store.graphRoot, store.runRoot] : [DockerRootDir];
  return paths.map((path) => {
    if (typeof path !== "string") throw new TypeError("store or DockerRootDir is missing");
    return path;
  });
}

function updateFlags(limits: Limits): string[] {
  return [`--memory=${limits.memory}`, `--memory-swap=${limits.memorySwap}`, `--cpus=${limits.cpus}`, `--pids-limit=${limits.pids}`];
}

/** Names come back from the engine and from sandboxes; one that starts with a dash is an option. */
function assertName(name: string): string {
  if (NAME.test(name)) return name;
  throw new FortressError("engine-failed", `"${name.slice(0, 80)}" is not a container name.`, "Remove the container by hand.");
}

interface HostConfig {
  readonly Memory?: number;
  readonly NetworkMode?: string;
  readonly SecurityOpt?: readonly string[] | null;
  readonly LogConfig?: { readonly Type?: string; readonly Path?: string; readonly Size?: string; readonly Config?: Readonly<Record<string, string>> | null };
}

/** The fields of `inspect` that Podman and Docker share; anything missing is an error, not a default. */
function readContainer(value: unknown): Container {
  const raw = value as {
    Id: string;
    Name: string;
    Created?: string;
    State: { Pid: number; Running: boolean; Paused?: boolean; FinishedAt?: string };
    Config: { Labels?: Record<string, string> | null; Env?: string[] | null };
    Mounts: { Type: string; Source: string; Destination: string; RW: boolean }[];
    StaticDir?: string;
    LogPath?: string;
    HostConfig?: HostConfig;
  };
  if (typeof raw.Id !== "string" || typeof raw.State.Pid !== "number" || typeof raw.State.Running !== "boolean") throw new TypeError("Id, State.Pid or State.Running is missing");
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ""),
    pid: raw.State.Pid,
    // Podman calls a paused container not running, Docker calls it running.
    running: raw.State.Running && raw.State.Paused !== true,
    ...(raw.State.Paused === true ? { paused: true } : {}),
    ...stopped(raw),
    labels: raw.Config.Labels ?? {},
    binds: raw.Mounts.filter((mount) => mount.Type === "bind").map((mount) => ({
      source: mount.Source,
      target: mount.Destination,
      mode: mount.RW ? "rw" : "ro",
    })),
    envNames: (raw.Config.Env ?? []).map((entry) => entry.split("=", 1)[0]!),
    ...(raw.StaticDir === undefined ? {} : { staticDir: raw.StaticDir }),
    ...readHardening(raw.HostConfig, raw.LogPath),
  };
}

/** Both engines write the year 1 for what never was. */
function stopped({ Created, State }: { readonly Created?: string; readonly State: { readonly Running: boolean; readonly Paused?: boolean; readonly FinishedAt?: string } }): Pick<Container, "stoppedMs"> {
  if (State.Running || State.Paused === true) return {};
  const at = [State.FinishedAt, Created].map((text) => Date.parse(text ?? "")).find((time) => time > 0);
  return at === undefined ? {} : { stoppedMs: at };
}

function readHardening(host: HostConfig = {}, logPath: string | undefined): Pick<Container, "seccomp" | "log" | "memory" | "network"> {
  const seccomp = host.SecurityOpt?.find((option) => option.startsWith("seccomp="))?.slice("seccomp=".length);
  const driver = host.LogConfig?.Type;
  const path = [host.LogConfig?.Path, logPath].find((each) => each?.startsWith("/"));
  // Podman writes the limit into Size, and 0B for none; Docker writes it among the driver's options.
  const limit = [host.LogConfig?.Size, host.LogConfig?.Config?.["max-size"]].find((size) => size !== undefined && size !== "" && size !== "0B");
  return {
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(host.Memory === undefined ? {} : { memory: host.Memory }),
    ...(host.NetworkMode === undefined ? {} : { network: host.NetworkMode }),
    ...(driver === undefined ? {} : { log: { driver, ...(limit === undefined ? {} : { limit }), ...(path === undefined ? {} : { path }) } }),
  };
}
