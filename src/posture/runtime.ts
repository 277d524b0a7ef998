import type { ReadText } from "../model/ports.ts";
import { readProcessStat } from "../model/process-stat.ts";

/**
 * The program that started a container: Podman leaves a monitor with each one, which is the parent of
 * the container's first process and has the program's path among its arguments. Undefined where there
 * is no such monitor, as with Docker.
 *
 * Source: conmon(8), `--runtime`
 */
export function runtimeProgram(readKernel: ReadText, pid: number): string | undefined {
  const { parent } = readProcessStat(readKernel(`/proc/${pid}/stat`) ?? "");
  if (parent === undefined || readKernel(`/proc/${parent}/comm`)?.trim() !== "conmon") return undefined;
  const args = readKernel(`/proc/${parent}/cmdline`)?.split("\0") ?? [];
  // Its first one: later ones are of the command that cleans up.
  const program = args.find((_, index) => ["-r", "--runtime"].includes(args[index - 1] ?? ""));
  return program?.startsWith("/") ? program : undefined;
}
