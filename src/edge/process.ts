import { execa } from "execa";

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

export type RunProcess = (command: string, args: readonly string[], options: { deadlineMs: number }) => Promise<ProcessResult>;

/**
 * Runs one program without a shell, never longer than the deadline. Resolves in every case.
 * A stopped engine ignores SIGTERM and its children keep the pipes open, so the whole process
 * group is killed.
 */
export const runProcess: RunProcess = async (command, args, { deadlineMs }) => {
  const child = execa(command, args, { reject: false, stdin: "ignore", detached: true, maxBuffer: MAX_OUTPUT, buffer: true });
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) killGroup(child.pid);
    // A grandchild in a session of its own, such as conmon, outlives the group and holds the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, deadlineMs);
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
  }
};

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group ended between the deadline and the kill.
  }
}
