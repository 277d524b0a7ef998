import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Gateway } from "../support/gateway.ts";

/** What one command answered in a sandbox. */
export interface Answer {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** One of the five commands with which the guide verifies the isolation. */
export interface Check {
  readonly title: string;
  /** As the table shows it. */
  readonly shown: string;
  readonly expected: string;
  /** What it means when the command ends without a word. */
  readonly silence: readonly [success: string, failure: string];
  command(home: Places): string;
  holds(answer: Answer, gateway: Gateway): boolean | Promise<boolean>;
}

export interface Places {
  readonly stateDir: string;
  /** Every place in this home where the operator's keys are. */
  readonly secretsFiles: readonly string[];
}

const NOT_THERE = /No such file or directory$/;
const allNotThere = ({ exitCode, lines }: Answer) => exitCode !== 0 && lines.length > 0 && lines.every((line) => NOT_THERE.test(line));

export const CHECKS: readonly Check[] = [
  {
    title: "Read the operator's keys",
    shown: "cat <every secrets.env of this home>",
    expected: "no such file",
    silence: ["empty", "failed"],
    command: ({ secretsFiles }) => `cat ${secretsFiles.join(" ")}`,
    holds: allNotThere,
  },
  {
    title: "List the channels' credentials",
    shown: "ls ~/.openclaw/credentials/",
    expected: "no such file",
    silence: ["empty", "failed"],
    command: ({ stateDir }) => `ls ${stateDir}/credentials/`,
    holds: allNotThere,
  },
  {
    title: "Rewrite OpenClaw's own configuration",
    shown: "sh -c 'echo x >> ~/.openclaw/openclaw.json'",
    expected: "refused, file unchanged",
    silence: ["written", "refused"],
    command: ({ stateDir }) => `sh -c 'echo x >> ${stateDir}/openclaw.json'`,
    holds: async ({ exitCode }, { stateDir }) => exitCode !== 0 && !/x\s*$/.test(await readFile(join(stateDir, "openclaw.json"), "utf8")),
  },
  {
    title: "Search everything for the keys",
    shown: "find / -name secrets.env 2>/dev/null",
    expected: "no results",
    silence: ["no results", "no results"],
    command: () => "find / -name secrets.env 2>/dev/null",
    holds: ({ lines }) => lines.length === 0,
  },
  {
    title: "Work in the workspace",
    shown: "touch /agent-workspace/.test",
    expected: "writable",
    silence: ["writable", "failed"],
    command: () => "touch /agent-workspace/.test",
    holds: async ({ exitCode }, { stateDir }) => exitCode === 0 && (await stat(join(stateDir, "workspace/.test")).then(() => true, () => false)),
  },
];

/** Lets the agent run the command in its sandbox. */
export async function ask(gateway: Gateway, command: string): Promise<Answer> {
  const output = await gateway.exec(`{ ${command}; } 2>&1; echo "exit=$?"`);
  const [, text, exitCode] = /^([^]*?)exit=(\d+)\s*$/.exec(output) ?? [];
  if (text === undefined) throw new Error(`The sandbox did not run \`${command}\`: ${output}`);
  return { exitCode: Number(exitCode), lines: text.split("\n").map((line) => line.trim()).filter(Boolean) };
}
