/** Fields of a process as the kernel shows them; undefined where the text has no such field. */
export interface ProcessStat {
  /** One letter, such as `S`. */
  readonly state: string | undefined;
  /** The pid of its parent. */
  readonly parent: string | undefined;
  /** Clock ticks between the boot and its start. */
  readonly startTime: string | undefined;
}

/** @param text `/proc/<pid>/stat`. Source: proc_pid_stat(5) */
export function readProcessStat(text: string): ProcessStat {
  // The second field is the program's name in brackets, which may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0], parent: fields[1], startTime: fields[19] };
}

/** True when a signal stopped the process. @param text as above; undefined where there is none */
export function isStopped(text: string | undefined): boolean {
  return text !== undefined && /^[Tt]/.test(readProcessStat(text).state ?? "");
}
