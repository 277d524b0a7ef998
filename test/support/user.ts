import { chmod, chown, mkdir, readFile } from "node:fs/promises";
import { execa } from "execa";
import type { Log } from "./progress.ts";

const NAME = "fortress-test";
/** Not below /root, which the user cannot enter and OpenClaw refuses as a source of mounts. */
const HOME = "/var/tmp/openclaw-fortress-test-rootless";

/** An unprivileged account that runs rootless containers. */
export interface RootlessUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly env: { readonly HOME: string; readonly USER: string; readonly LOGNAME: string; readonly XDG_RUNTIME_DIR: string };
}

/** Creates the account with its subordinate ids and a runtime folder, unless they are there already. */
export async function rootlessUser({ log }: { log: Log }): Promise<RootlessUser> {
  const known = await execa({ reject: false })`id -u ${NAME}`;
  if (known.failed) {
    log(`Creating the user ${NAME}`);
    await execa`useradd --system --user-group --home-dir ${HOME} --no-create-home --shell /bin/sh ${NAME}`;
  }
  // System accounts get no subordinate ids from useradd.
  for (const [file, flag] of [["/etc/subuid", "--add-subuids"], ["/etc/subgid", "--add-subgids"]] as const) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (!new RegExp(`^${NAME}:`, "m").test(text)) await execa("usermod", [flag, freeRange(text), NAME]);
  }
  const [uid, gid] = await Promise.all([idOf("-u"), idOf("-g")]);
  const runtime = `/run/openclaw-fortress-test-${uid}`;
  for (const folder of [HOME, runtime]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chown(folder, uid, gid);
    await chmod(folder, 0o700);
  }
  return { uid, gid, home: HOME, env: { HOME, USER: NAME, LOGNAME: NAME, XDG_RUNTIME_DIR: runtime } };
}

/** The command that runs argv as the user, without root's supplementary groups. The pid stays the same. */
export function asUser(user: RootlessUser | undefined, argv: readonly string[]): readonly string[] {
  if (!user) return argv;
  return ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--", ...argv];
}

async function idOf(flag: "-u" | "-g"): Promise<number> {
  const { stdout } = await execa`id ${flag} ${NAME}`;
  return Number(stdout);
}

/** 65536 ids above everything given out so far. */
function freeRange(text: string): string {
  const ends = [...text.matchAll(/^[^:]*:(\d+):(\d+)$/gm)].map(([, first, count]) => Number(first) + Number(count));
  const first = Math.max(100_000, ...ends);
  return `${first}-${first + 65_535}`;
}
