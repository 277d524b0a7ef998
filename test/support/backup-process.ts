import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { BackupJob, BackupPlan } from "../../src/flows/backup-job.ts";
import type { Said } from "../../src/flows/backup-worker.ts";
import type { Progress } from "../../src/model/backup-results.ts";

const WORKER = join(import.meta.dirname, "../../src/bin/backup-worker.mts");
const WRITER = join(import.meta.dirname, "commit-writer.ts");

type Phase = Progress["phase"];

export interface JobProcess {
  readonly pid: number;
  /** With every process that it started. */
  kill(signal: NodeJS.Signals): void;
  /** Until it has said that it is at this; an error when it ended without. */
  reached(phase: Phase): Promise<void>;
  readonly ended: Promise<{ readonly last: Said | undefined; readonly signal: NodeJS.Signals | null; readonly phases: ReadonlySet<string> }>;
}

/** Starts the program that does a job, as fortress does, but for its own priority. */
export function startJob(plan: BackupPlan, job: Record<string, unknown> & { readonly kind: BackupJob["kind"] }): JobProcess {
  const child = spawn(process.execPath, ["--no-warnings", WORKER], { stdio: ["pipe", "pipe", "inherit"], detached: true });
  child.stdin.on("error", () => {}).end(JSON.stringify({ ...plan, ...job }));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const ended = Promise.all([once(child.stdout, "end"), new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)))]).then(([, signal]) => {
    const said = output.split("\n").filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Said);
    return { last: said.findLast((each) => !("progress" in each)), signal, phases: new Set(said.flatMap((each) => ("progress" in each ? [each.progress.phase] : []))) };
  });
  return {
    pid: child.pid!,
    kill(signal) {
      try {
        process.kill(child.pid!, signal);
      } catch {
        // It ended by itself.
      }
    },
    async reached(phase) {
      const isOver = ended.then(() => true);
      while (!output.includes(`"phase":"${phase}"`)) if (await Promise.race([isOver, wait(5, false)])) throw new Error(`It ended before it was at: ${phase}\n${output}`);
    },
    ended,
  };
}

/** Commits to databases until the test ends, or it is stopped. */
export async function startWriter(commitsPerSecond: number, databases: readonly { readonly journal: "wal" | "delete"; readonly file: string }[]): Promise<{ committed(file: string): number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ["--no-warnings", WRITER, String(commitsPerSecond), ...databases.map(({ journal, file }) => `${journal}=${file}`)], { stdio: ["ignore", "inherit", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(stop);
  const committed = (file: string): number => {
    try {
      return Number(readFileSync(`${file}.committed`).readBigUInt64LE());
    } catch {
      return 0;
    }
  };
  while (databases.some(({ file }) => committed(file) < 3)) await new Promise((resolve) => setTimeout(resolve, 20));
  return { committed, stop };
}

export function setsOf(plan: BackupPlan): string[] {
  try {
    return readdirSync(join(plan.directory, "sets")).toSorted();
  } catch {
    return [];
  }
}
