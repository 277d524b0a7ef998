import { randomBytes, randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Docker } from "./docker.ts";
import { ensureDockerImage } from "./docker-image.ts";
import type { Engine } from "./engine.ts";
import { gatewayConfig, merge } from "./gateway-config.ts";
import type { Json } from "./gateway-config.ts";
import { createHome } from "./gateway-home.ts";
import { freePort, runCli, startProcess, untilReloaded } from "./gateway-process.ts";
import type { CliResult, GatewayProcess } from "./gateway-process.ts";
import { ensureSandboxImage } from "./image.ts";
import type { ScriptedModel } from "./model.ts";
import { callMarker, toolOutput, wasAsked } from "./model-script.ts";
import type { Log } from "./progress.ts";
import { runtimeFor } from "./runtime.ts";
import { ALL_SCOPES, connectRpc } from "./rpc.ts";
import type { RpcConnection, Scope } from "./rpc.ts";
import { gaveUp, runTurn, sendChat } from "./turn.ts";
import type { Turn, TurnOptions } from "./turn.ts";

export interface GatewayOptions {
  readonly engine: Engine;
  /** For agents whose sandboxes Docker runs; the backend is still to be chosen in `sandbox` or `config`. */
  readonly docker?: Docker;
  readonly model: ScriptedModel;
  /** A built plugin folder; absent means OpenClaw alone. */
  readonly pluginDir?: string;
  readonly pluginConfig?: Json;
  /** Merged into openclaw.json. */
  readonly config?: Json;
  /** Merged into openclaw.json, where it has to know the state directory. */
  readonly configFor?: (stateDir: string) => Json;
  /** Merged into `agents.defaults.sandbox`. */
  readonly sandbox?: (stateDir: string) => Json;
  readonly env?: Readonly<Record<string, string>>;
  /** Fills the state directory before the gateway starts. */
  readonly seed?: (stateDir: string) => Promise<void>;
  readonly log?: Log;
}

export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly home: string;
  readonly stateDir: string;
  /** What the names of its containers begin with, and no others. */
  readonly containerPrefix: string;
  readonly engine: Engine;
  readonly pid: number;
  /** Standard output and error of all its runs so far. */
  log(): string;
  turn(message: string, options?: TurnOptions): Promise<Turn>;
  /** Makes the agent call one tool; returns the result as the model saw it. Throws when the turn fails. */
  tool(name: string, args: Json, options?: TurnOptions): Promise<string>;
  exec(command: string, options?: TurnOptions & { args?: Json }): Promise<string>;
  /** Sends a chat message, which is how slash commands arrive; returns the reply. */
  chat(message: string, options?: TurnOptions & { scopes?: readonly Scope[] }): Promise<string>;
  /** What it pushed to its clients so far, live output of tools included, as JSON. */
  events(): Promise<readonly string[]>;
  call<T = Json>(method: string, params?: Json, options?: { scopes?: readonly Scope[]; timeoutMs?: number }): Promise<T>;
  cli(args: readonly string[]): Promise<CliResult>;
  readConfig(): Promise<Json>;
  /** Rewrites openclaw.json; returns when a running gateway has taken it over, or has said why it does not. */
  updateConfig(change: (config: Json) => Json | void): Promise<void>;
  /** Names of its containers, running or not. */
  containers(): Promise<string[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Stops it and removes its containers and its home. */
  dispose(): Promise<void>;
}

/** Starts a gateway with a HOME, a port and containers of its own; ready when the promise resolves. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { engine, docker, model, pluginDir, log = () => {} } = options;
  const image = await ensureSandboxImage(engine, { log });
  if (docker) await ensureDockerImage(docker, { log });
  // Fourteen characters at most: OpenClaw cuts longer ones, and the rest is no longer unique.
  const containerPrefix = `fort-${randomBytes(4).toString("hex")}-`;
  const token = randomBytes(24).toString("hex");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = (path: string) =>
    gatewayConfig({
      port,
      token,
      model,
      image,
      containerPrefix,
      logFile: join(path, "openclaw.log"),
      plugin: pluginDir ? { config: options.pluginConfig ?? {} } : undefined,
      sandbox: options.sandbox?.(join(path, ".openclaw")) ?? {},
      overrides: merge(options.config ?? {}, options.configFor?.(join(path, ".openclaw")) ?? {}),
    });
  const home = await createHome({ user: engine.user, config, pluginDir, seed: options.seed });
  const launch = { engine, runtime: await runtimeFor(engine.user), home: home.path, env: { ...docker?.env, ...options.env }, launcher: docker?.launcher ?? [] };

  const connections = new Map<string, Promise<RpcConnection>>();
  const finished: string[] = [];
  let running: GatewayProcess | undefined;
  /** The last start that a turn needed, for all turns that began before it. */
  let anew: Promise<void> | undefined;

  /** One connection per set of scopes, opened on first use. */
  function rpc(scopes: readonly Scope[] = ALL_SCOPES): Promise<RpcConnection> {
    const key = scopes.join();
    const known = connections.get(key);
    if (known) return known;
    const open = connectRpc({ url: url.replace("http", "ws"), token, scopes });
    connections.set(key, open);
    // The next one tries again.
    open.catch(() => connections.delete(key));
    return open;
  }

  async function stop(): Promise<void> {
    const open = await Promise.allSettled(connections.values());
    connections.clear();
    await Promise.all(open.map((outcome) => outcome.status === "fulfilled" && outcome.value.close()));
    if (!running) return;
    await running.stop();
    finished.push(running.log());
    running = undefined;
  }

  async function containersOf(run: Engine["podman"]): Promise<string[]> {
    const names = await run(["ps", "--all", "--filter", `name=^${containerPrefix}`, "--format", "{{.Names}}"]);
    return names.split("\n").filter(Boolean);
  }

  async function containers(): Promise<string[]> {
    return [...(await containersOf(engine.podman)), ...(docker ? await containersOf(docker.docker) : [])];
  }

  async function removeContainers(): Promise<void> {
    const podmans = await containersOf(engine.podman);
    if (podmans.length > 0) await engine.podman(["rm", "--force", "--time", "1", ...podmans]);
    const dockers = docker ? await containersOf(docker.docker) : [];
    if (dockers.length > 0) await docker!.docker(["rm", "--force", ...dockers]);
  }

  const gateway: Gateway = {
    url,
    port,
    token,
    home: home.path,
    stateDir: home.stateDir,
    containerPrefix,
    engine,
    get pid() {
      if (!running) throw new Error("The gateway is stopped");
      return running.pid;
    },
    log: () => [...finished, running?.log() ?? ""].join(""),
    async turn(message, turn = {}) {
      const [before, known] = [model.requests.length, anew];
      const first = await runTurn(await rpc(), message, turn);
      if (!first.isError || wasAsked(model.requests.slice(before), message)) return first;
      if (anew === known && gaveUp(first)) anew = gateway.restart();
      if (anew === known) return first;
      await anew;
      return runTurn(await rpc(), message, turn);
    },
    async tool(name, args, turn) {
      const question = `${callMarker(name, args)}\nQuestion ${randomUUID()}`;
      const answer = await gateway.turn(question, turn);
      const output = toolOutput(model.requests, question);
      // An error taken for output would satisfy every test that something is not in it.
      if (output === undefined || (answer.isError && !gaveUp(answer))) throw new Error(`The turn ended without a result of ${name}: ${answer.text}`);
      return output;
    },
    exec: (command, { args, ...turn } = {}) => gateway.tool("exec", { command, ...args }, turn),
    chat: async (message, { scopes, ...turn } = {}) => sendChat(await rpc(scopes), message, turn),
    events: async () => (await Promise.all(connections.values())).flatMap((connection) => connection.events()),
    call: async (method, params = {}, { scopes, ...request } = {}) => (await rpc(scopes)).request(method, params, request),
    cli: (args) => runCli(launch, args),
    readConfig: home.readConfig,
    async updateConfig(change) {
      const current = await home.readConfig();
      const before = JSON.stringify(current);
      const next = change(current) ?? current;
      if (!running || JSON.stringify(next) === before) return home.writeConfig(next);
      await untilReloaded(running, () => home.writeConfig(next));
    },
    containers,
    async start() {
      running ??= await startProcess(launch, port);
    },
    stop,
    async restart() {
      await stop();
      await gateway.start();
    },
    async dispose() {
      await stop();
      await removeContainers();
      // A backup that it started may still write, until it notices.
      await rm(home.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
    [Symbol.asyncDispose]: () => gateway.dispose(),
  };
  try {
    await gateway.start();
  } catch (error) {
    await gateway.dispose();
    throw error;
  }
  return gateway;
}
