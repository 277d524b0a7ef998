import { existsSync } from "node:fs";

/** Virtual machines and CI runners that were made from an image carry it although they are no container. */
const MARKER = "/.dockerenv";

/**
 * What to put before a command so that it sees this machine as it is, but for Docker's marker of a
 * container. OpenClaw takes the marker's word and would look for its own container in the daemon
 * that the tests started a moment ago.
 *
 * @param root an empty folder; what is mounted there is seen by the command alone and ends with it
 */
export function asHost(root: string): readonly string[] {
  if (!existsSync(MARKER)) return [];
  return ["unshare", "--mount", "--propagation", "slave", "--", "sh", "-euc", SCRIPT, root];
}

/** The pid stays the same throughout. */
const SCRIPT = `
mount -t tmpfs -o mode=755 none "$0"
# Or the directory it lies in would show everything once more, below that directory's name.
mount --make-unbindable "$0"
for entry in /* /.[!.]*; do
  if [ "$entry" = ${MARKER} ]; then :
  elif [ -L "$entry" ]; then cp -P "$entry" "$0$entry"
  elif [ -d "$entry" ]; then mkdir "$0$entry"; mount --rbind "$entry" "$0$entry"
  elif [ -f "$entry" ]; then touch "$0$entry"; mount --bind "$entry" "$0$entry"
  fi
done
exec chroot "$0" env --chdir="$PWD" "$@"
`;
