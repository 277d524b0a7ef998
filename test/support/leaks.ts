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

export interface ArgvWatch {
  /** Stops and returns every distinct command line that was seen. */
  stop(): Promise<string[]>;
}

/** Samples the command lines of all processes of this machine until it is stopped. */
export function watchArgv(): ArgvWatch {
  const seen = new Set<string>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      for (const name of readdirSync("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        try {
          seen.add(readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " "));
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
