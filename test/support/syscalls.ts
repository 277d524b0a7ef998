import { SYSCALL_PROBE } from "../../src/isolation/syscalls.ts";

/** A command that makes the system calls of the isolation suite and prints the answers. */
export const TRY_CALLS = `python3 - <<'PY'${SYSCALL_PROBE}PY`;

export { SYSCALL_PROBE };

/** The errno of each call by its name, 0 for success. */
export function parseCalls(output: string): Map<string, number> {
  return new Map([...output.matchAll(/^(.+)=(-?\d+)$/gm)].map(([, name, errno]) => [name!, Number(errno)]));
}
