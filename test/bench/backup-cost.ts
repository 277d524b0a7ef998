import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { spread } from "./statistics.ts";

export interface BackupCost {
  readonly way: string;
  readonly journal: string;
  readonly rate: number;
  /** 95th percentile of a commit while copies are made, to that while none is. */
  readonly p95: number;
  /** Seconds of each copy; undefined for one that was given up. */
  readonly seconds: readonly (number | undefined)[];
}

const MEGABYTES = 200;
const GIVE_UP_MS = 30_000;
const BASELINE_MS = 4_000;
/** As long as there are few latencies to compare, one copy follows the other. */
const WINDOW_MS = 4_000;
const OTHERS = ["cp", "sqlite3 .backup", "VACUUM INTO"] as const;

/** Commits to a database of 200 MB, at several rates, beside nothing and beside each way to copy it. */
export async function measureBackupCost(): Promise<BackupCost[]> {
  // On the disk: copies in memory cost the writer nothing.
  const folder = await mkdtemp("/var/tmp/fortress-bench-backup-");
  try {
    const file = join(folder, "live.sqlite");
    const database = new DatabaseSync(file);
    database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, payload); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MEGABYTES * 20}) INSERT INTO t SELECT i, randomblob(50000) FROM n`);
    database.close();
    const costs: BackupCost[] = [];
    for (const journal of ["wal", "delete"]) for (const rate of [10, 100, 500]) costs.push(...(await measure(file, join(folder, "copy"), journal, rate, journal === "wal" && rate === 100 ? ["fortress", ...OTHERS] : ["fortress"])));
    return costs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(file: string, copy: string, journal: string, rate: number, ways: readonly string[]): Promise<BackupCost[]> {
  const writer = execa(process.execPath, ["--no-warnings", join(import.meta.dirname, "backup-writer.ts"), file, journal, String(rate)], { buffer: false, reject: false });
  let latencies: number[] = [];
  createInterface({ input: writer.stdout }).on("line", (line) => latencies.push(Number(line)));
  try {
    const costs: BackupCost[] = [];
    for (const way of ways) {
      await wait(1_000);
      const baseline = await window(async () => wait(BASELINE_MS));
      const seconds: (number | undefined)[] = [];
      const busy = await window(async () => {
        const end = performance.now() + WINDOW_MS;
        do seconds.push(await copyOnce(way, file, copy));
        while (performance.now() < end && seconds.at(-1) !== undefined);
      });
      costs.push({ way, journal, rate, p95: busy / baseline, seconds });
    }
    return costs;
  } finally {
    writer.kill("SIGKILL");
    await writer;
  }

  /** The 95th percentile of the commits that end meanwhile. */
  async function window(action: () => Promise<void>): Promise<number> {
    latencies = [];
    await action();
    return spread(latencies).p95;
  }
}

async function copyOnce(way: string, file: string, copy: string): Promise<number | undefined> {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${copy}${suffix}`, { force: true });
  const began = performance.now();
  const [command, ...args] = way === "cp" ? ["cp", file, copy] : [process.execPath, "--no-warnings", join(import.meta.dirname, "backup-copier.ts"), way, file, copy];
  const { failed, timedOut, stderr } = await execa(command!, args, { reject: false, timeout: GIVE_UP_MS, killSignal: "SIGKILL" });
  if (failed && !timedOut) throw new Error(`${way}: ${stderr}`);
  return timedOut ? undefined : (performance.now() - began) / 1_000;
}
