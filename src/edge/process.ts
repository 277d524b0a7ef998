import { createInterface } from "node:readline";
import { execa } from "execa";
import { isStopped } from "../model/process-stat.ts";
import { readKernelFile } from "./kernel.ts";

export interface ProcessResult {
  /** Undefined when the process was killed or never started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The program was not found. */
  readonly missing: boolean;
}

/** Characters; `inspect` of a hundred sandboxes has about a fifth of it. */
const MAX_OUTPUT = 4 * 2 ** 20;

export interface RunOptions {
  readonly deadlineMs: number;
  /** Ends it early, as the deadline does. */
  readonly signal?: AbortSignal;
  /** For its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Its whole environment; this process's own otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

export type RunProcess = (command: string, args: readonly string[], options: RunOptions) => Promise<ProcessResult>;

/**
 * Runs one program without a shell, never longer than the deadline. Resolves in every case.
 * A stopped engine ignores SIGTERM and its children keep the pipes open, so the whole process
 * group is killed.
 */
export const runProcess: RunProcess = async (command, args, { deadlineMs, signal, input, env }) => {
  const child = execa(command, args, { reject: false, ...(input === undefined ? { stdin: "ignore" } : { input }), ...(env && { env, extendEnv: false }), detached: true, maxBuffer: MAX_OUTPUT, buffer: true });
  let timedOut = false;
  const end = (): void => {
    timedOut = true;
    if (child.pid !== undefined) killGroup(child.pid);
    // A grandchild in a session of its own, such as conmon, outlives the group and holds the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const deadline = setTimeout(end, deadlineMs);
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end);
  try {
    const result = await child;
    return {
      // Output that was cut is no answer, whatever the exit code.
      code: result.isMaxBuffer ? undefined : result.exitCode,
      stdout: result.stdout,
      stderr: result.stderr,
      timedOut,
      missing: result.code === "ENOENT",
    };
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", end);
  }
};

/** A program that runs until it is stopped. */
export interface Followed {
  /** Ends it; `ended` is not called any more. */
  stop(): void;
  /** True when it is there but stands still, as after SIGSTOP: it says nothing, and nothing says so. */
  stalled(): boolean;
}

export interface Follower {
  line(text: string): void;
  /** Called once, when it ended by itself or never started. */
  ended(reason: string): void;
}

export type FollowProcess = (command: string, args: readonly string[], follower: Follower) => Followed;

/** Longer than any event; a line without an end must not fill the gateway's memory. */
const MAX_LINE = 64 * 1024;

/** Starts one program without a shell, in a process group of its own, and hands on what it says line by line. */
export const followProcess: FollowProcess = (command, args, { line, ended }) => {
  const child = execa(command, args, { reject: false, stdin: "ignore", stderr: "pipe", detached: true, buffer: { stdout: false, stderr: true }, maxBuffer: { stderr: MAX_LINE } });
  let stopped = false;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (text) => !stopped && text.length <= MAX_LINE && line(text));
  void child.then(({ exitCode, code, stderr }) => {
    lines.close();
    if (!stopped) ended(code === "ENOENT" ? `${command} is not installed` : `${command} ${args[0]} ended (${stderr.trim().slice(-200) || `exit ${exitCode}`})`);
  });
  return {
    stop() {
      stopped = true;
      if (child.pid !== undefined) killGroup(child.pid);
    },
    stalled() {
      return child.pid !== undefined && isStopped(readKernelFile(`/proc/${child.pid}/stat`));
    },
  };
};

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group ended between the deadline and the kill.
  }
}

export interface WorkerOptions {
  /** For its standard input. */
  readonly input: string;
  /** Called with each line that it prints. */
  readonly line: (text: string) => void;
  readonly deadlineMs: number;
  /** From the request to end to the kill. */
  readonly graceMs: number;
  /** Asks it to end. */
  readonly signal: AbortSignal;
}

export type RunWorker = (command: string, args: readonly string[], options: WorkerOptions) => Promise<Omit<ProcessResult, "stdout">>;

/**
 * Runs a program of ours that tidies up when it is asked to end. Resolves in every case. It outlives
 * this process: what it does is whole or undone by itself.
 */
export const runWorker: RunWorker = async (command, args, { input, line, deadlineMs, graceMs, signal }) => {
  const child = execa(command, args, { reject: false, input, detached: true, cleanup: false, buffer: { stdout: false, stderr: true }, maxBuffer: { stderr: MAX_LINE } });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", line);
  const said = new Promise<void>((resolve) => void lines.once("close", resolve));
  let timedOut = false;
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill("SIGTERM");
    kill ??= setTimeout(() => {
      if (child.pid !== undefined) killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      // A stream that is destroyed does not end.
      lines.close();
    }, graceMs);
  };
  const deadline = setTimeout(() => {
    timedOut = true;
    end();
  }, deadlineMs);
  if (signal.aborted) end();
  else signal.addEventListener("abort", end);
  try {
    const [result] = await Promise.all([child, said]);
    return { code: result.exitCode, stderr: result.stderr, timedOut, missing: result.code === "ENOENT" };
  } finally {
    clearTimeout(deadline);
    clearTimeout(kill);
    signal.removeEventListener("abort", end);
  }
};
