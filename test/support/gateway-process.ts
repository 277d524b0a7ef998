import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { EXIT_REFUSED, passingRefusal } from "../../src/health/refusal.ts";
import type { Engine } from "./engine.ts";
import type { Runtime } from "./runtime.ts";
import { asUser } from "./user.ts";

const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 90_000;

/** How an openclaw process of one gateway is started. */
export interface Launch {
  readonly engine: Engine;
  readonly runtime: Runtime;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Put before the command; must end in it without a process of its own. */
  readonly launcher: readonly string[];
}

export interface GatewayProcess {
  readonly pid: number;
  /** Standard output and error so far. */
  log(): string;
  /** The exit code once the process has ended by itself or by `stop`. */
  readonly exitCode: Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Starts `openclaw gateway run` and waits until it can serve turns. */
export async function startProcess(launch: Launch, port: number): Promise<GatewayProcess> {
  const ready = untilReady(port);
  for (;;) {
    const gateway = spawnGateway(launch, port);
    const ended = await Promise.race([ready.catch((error: unknown) => error as Error), gateway.exitCode.then((code) => ({ code }))]);
    if (ended === undefined) return gateway;
    await gateway.stop();
    if (ended instanceof Error) throw new Error(`${ended.message}\n${gateway.log()}`, { cause: ended });
    // OpenClaw gives its own lease a second: on a loaded machine a start may end so, and fortress starts it again as well.
    if (ended.code !== EXIT_REFUSED || passingRefusal(gateway.log()) === undefined) throw new Error(`The gateway ended with code ${ended.code} before it was ready\n${gateway.log()}`);
  }
}

function spawnGateway(launch: Launch, port: number): GatewayProcess {
  const [file, ...argv] = command(launch, ["gateway", "run", "--port", String(port)]);
  // A group of its own, so that a hanging child of the gateway can be ended with it.
  const child = execa(file!, argv, { ...surroundings(launch), detached: true, buffer: false, stdin: "ignore", reject: false });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const exitCode = child.then((result) => result.exitCode);
  // execa ends detached children no more than Node does, and a failing test run must leave none behind.
  const abandon = () => killGroup(child.pid!);
  process.once("exit", abandon);
  return {
    pid: child.pid!,
    log: () => output,
    exitCode,
    async stop() {
      child.kill("SIGTERM");
      await Promise.race([exitCode, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      abandon();
      process.off("exit", abandon);
      await exitCode;
    },
  };
}

const RELOAD_TIMEOUT_MS = 180_000;
/** It does not replace a plugin that works, and does not come back to it by itself. */
const BUSY = /config reload failed: .*retry after the/;
const RELOADED = /config hot reload applied|config change applied|config reload (failed|skipped|disabled)|config change requires gateway restart/;

/** Writes the configuration, anew where an agent was at work, until the gateway says what became of it. */
export async function untilReloaded(gateway: GatewayProcess, write: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + RELOAD_TIMEOUT_MS;
  let seen = gateway.log().length;
  await write();
  for (;;) {
    const said = gateway.log().slice(seen).split("\n").filter((line) => line.includes("[reload]"));
    if (said.some((line) => BUSY.test(line))) {
      seen = gateway.log().length;
      await write();
    } else if (said.some((line) => RELOADED.test(line))) return;
    if (Date.now() > deadline) throw new Error(`The gateway did not take the configuration over:\n${gateway.log().slice(-4000)}`);
    await sleep(200);
  }
}

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export async function runCli(launch: Launch, args: readonly string[]): Promise<CliResult> {
  const [file, ...argv] = command(launch, args);
  const { stdout, stderr, exitCode } = await execa(file!, argv, { ...surroundings(launch), stdin: "ignore", reject: false });
  return { stdout, stderr, exitCode };
}

function command({ engine, runtime, launcher }: Launch, args: readonly string[]): readonly string[] {
  return [...launcher, ...asUser(engine.user, [runtime.node, runtime.openclaw, ...args])];
}

/** Nothing of the calling shell but PATH and the language: its keys and OpenClaw settings stay out. */
function surroundings({ engine, runtime, home, env }: Launch) {
  return {
    cwd: home,
    extendEnv: false,
    env: {
      ...engine.env,
      PATH: `${dirname(runtime.node)}:${process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin"}`,
      LANG: "C.UTF-8",
      HOME: home,
      OPENCLAW_DISABLE_BONJOUR: "1",
      OPENCLAW_NO_RESPAWN: "1",
      OPENCLAW_SKIP_CHANNELS: "1",
      // As long as it can be: by default exec answers "still running" after ten seconds.
      OPENCLAW_BASH_YIELD_MS: "120000",
      ...env,
    },
  };
}

/** A free port of loopback. OpenClaw also uses ports above its own, which is why it is not near others of ours. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilReady(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await isReady(port)) return;
    await sleep(150);
  }
  throw new Error(`The gateway was not ready within ${START_TIMEOUT_MS} ms`);
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    // A path that nobody claims is answered with the Control UI's page and status 200.
    const body = (await response.json()) as { ready?: boolean };
    return body.ready === true;
  } catch {
    return false;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
