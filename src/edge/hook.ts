import { basename } from "node:path";
import type { RunProcess } from "./process.ts";

/** What a program that sends messages may need to know; nothing that could be a key. */
const NAMES = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];
const MOST_TEXT = 200;

/**
 * Runs a program of the operator's with a text on standard input, without a shell.
 *
 * @throws Error that says what went wrong
 */
export async function runHook(run: RunProcess, [program = "", ...args]: readonly string[], text: string, deadlineMs: number): Promise<void> {
  const env = Object.fromEntries(NAMES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const { code, stderr, timedOut, missing } = await run(program, args, { deadlineMs, input: `${text}\n`, env });
  const name = basename(program);
  if (missing) throw new Error(`${name} is not there`);
  if (timedOut) throw new Error(`${name} did not end within ${deadlineMs / 1_000} s`);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? "a signal"}${stderr.trim() === "" ? "" : `: ${stderr.trim().slice(-MOST_TEXT)}`}`);
}
