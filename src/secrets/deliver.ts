import { FortressError } from "../model/errors.ts";
import type { KernelMount } from "../model/sandbox.ts";
import type { Secrets } from "./store.ts";

/** Memory of the sandbox, never of a disk; every engine mounts the first one. */
const TMPFS_CANDIDATES = ["/dev/shm", "/tmp", "/run"];
const FILE = /^\/[\w./-]+$/;

/**
 * Writes standard input to the file, closed to others. What a gateway that died in the middle left
 * behind goes first; younger files may belong to an exec that is about to begin.
 */
export const DELIVERY_SCRIPT = 'umask 077; find "${1%/*}" -maxdepth 1 -name ".fortress-*" -mmin +1 -exec rm -f {} + 2>/dev/null; set -C; cat > "$1"';

/**
 * Where to put secrets on their way into a sandbox: a writable tmpfs, by the kernel's own word.
 * @throws FortressError `secrets-not-deliverable`
 */
export function deliveryFile(mounts: readonly KernelMount[] | undefined, id: string): string {
  const folder = TMPFS_CANDIDATES.find((candidate) => mounts?.some(({ target, fsType, mode }) => target === candidate && fsType === "tmpfs" && mode === "rw"));
  if (folder === undefined) {
    throw new FortressError(
      "secrets-not-deliverable",
      "the sandbox has no writable tmpfs at /dev/shm, /tmp or /run in which secrets could be handed over without a trace on disk.",
      'Leave /tmp in sandbox.docker.tmpfs, run the gateway on the engine\'s host, or set secrets.delivery to "env" on an engine that keeps no exec environment.',
    );
  }
  return `${folder}/.fortress-${id}`;
}

/** The secrets as the shell reads them, for standard input. */
export function deliveryText(secrets: Secrets): string {
  return [...secrets].map(([name, secret]) => `export ${name}='${secret.reveal().replaceAll("'", "'\\''")}'\n`).join("");
}

/**
 * The exec with the file's content as its environment. The file has lost its name before the first
 * value is read, so nothing of it outlives the shell, however that ends; without the file the command
 * does not start.
 *
 * @throws FortressError `host-seam-changed` when argv does not end in a shell's `-c` and its command
 */
export function readDelivery(argv: readonly string[], file: string): string[] {
  const [shell, flag, command] = argv.slice(-3);
  if (argv.length < 4 || !/(^|\/)(ba|da)?sh$/.test(shell!) || !/^-l?c$/.test(flag!) || !FILE.test(file)) {
    throw new FortressError("host-seam-changed", "OpenClaw's exec call is not of the form that fortress knows.", "Update openclaw-fortress to a version for this OpenClaw.");
  }
  return [...argv.slice(0, -1), `exec 9<${file} && rm -f ${file} && . /proc/self/fd/9 && exec 9<&- || exit 126\n${command}`];
}
