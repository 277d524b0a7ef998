import { execa } from "execa";

export interface TerminalOptions {
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Shown {
  /** Output and errors as the terminal got them, with its colours, and `\n` for its line ends. */
  readonly text: string;
  readonly exitCode: number | undefined;
}

/** Runs a program on a terminal of its own; `script` of util-linux makes that, which every Debian has. */
export async function onTerminal(argv: readonly string[], { columns, env }: TerminalOptions): Promise<Shown> {
  const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const { stdout, exitCode } = await execa("script", ["--quiet", "--return", "--command", `stty cols ${columns} rows 40; exec ${quoted}`, "/dev/null"], { env: { TERM: "xterm-256color", ...env }, extendEnv: false, reject: false, stdin: "ignore" });
  if (exitCode === undefined) throw new Error("There is no script on this machine; on Debian it is in bsdutils.");
  return { text: stdout.replaceAll("\r\n", "\n"), exitCode };
}
