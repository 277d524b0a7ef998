import { readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";

/** A search of the whole file system of a sandbox that does not hold the needle itself. */
export function findInSandbox(needle: string): string {
  return `a=${needle.slice(0, 6)}; grep -rlsa --exclude-dir=proc --exclude-dir=sys -e "\${a}${needle.slice(6)}" / ; echo searched`;
}

/** Files below the roots that hold the needle. The needle is passed by standard input, not by argv. */
export async function findOnDisk(needle: string, roots: readonly string[]): Promise<string[]> {
  const { stdout, exitCode, stderr } = await execa("grep", ["-rlaF", "--devices=skip", "-f", "-", ...roots], { input: needle, reject: false });
  // 1 is "none found"; 2 comes with files that vanish during the search.
  if (exitCode === undefined || (exitCode === 2 && !/No such file/.test(stderr))) throw new Error(`grep failed: ${stderr}`);
  return stdout.split("\n").filter(Boolean);
}

/** A look at the places in which every program leaves things ends within this; else it is an error. */
const HOST_DEADLINE_MS = 120_000;
const AT_ONCE = 500;

/**
 * Files of the host's common places that hold one of the needles, which were made at `since` or later:
 * a file that nobody touched since then cannot hold them. Only regular files are opened.
 *
 * @param since milliseconds since the epoch
 * @param besides folders that are left out, because they are searched in another way
 */
export async function findOnHost(needles: readonly string[], { since, besides }: { since: number; besides: readonly string[] }): Promise<string[]> {
  const places = ["/tmp", "/var/tmp", "/run", "/dev/shm", "/var/log"];
  const pruned = besides.flatMap((path) => ["-path", path, "-prune", "-o"]);
  const timeout = HOST_DEADLINE_MS;
  // Handles of namespaces count as regular files, and can't be read. By its time of change, which nobody can set.
  const list = await execa("find", [...places, ...pruned, "-type", "f", "!", "-fstype", "nsfs", "-newerct", `@${Math.floor(since / 1_000) - 1}`, "-print0"], { reject: false, timeout, maxBuffer: 2 ** 28 });
  if (list.exitCode === undefined || (list.exitCode !== 0 && !/No such file/.test(list.stderr))) throw new Error(`find failed: ${list.stderr}`);
  const files = list.stdout.split("\0").filter(Boolean);
  const found: string[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const { stdout, exitCode, stderr } = await execa("grep", ["-laF", "--devices=skip", "-f", "-", "--", ...files.slice(start, start + AT_ONCE)], { input: needles.join("\n"), reject: false, timeout });
    if (exitCode === undefined || (exitCode === 2 && !/No such file/.test(stderr))) throw new Error(`grep failed: ${stderr}`);
    found.push(...stdout.split("\n").filter(Boolean));
  }
  return found;
}

export interface ArgvWatch {
  /** Stops and returns every distinct command line that was seen. */
  stop(): Promise<string[]>;
}

/** By then a process has become the program that it was started for. */
const SETTLED_MS = 10_000;

/** Samples the command lines of all processes of this machine until it is stopped; of each in its first seconds, or it would take a core. */
export function watchArgv(): ArgvWatch {
  const seen = new Set<string>();
  const firstSeen = new Map<string, number>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      const now = performance.now();
      const there = new Set(readdirSync("/proc").filter((name) => /^\d+$/.test(name)));
      // Its id may be given to another one.
      for (const pid of firstSeen.keys()) if (!there.has(pid)) firstSeen.delete(pid);
      for (const pid of there) {
        if (!firstSeen.has(pid)) firstSeen.set(pid, now);
        if (now - firstSeen.get(pid)! > SETTLED_MS) continue;
        try {
          seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
        } catch {
          // The process ended between the listing and the read.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await loop;
      return [...seen];
    },
  };
}
