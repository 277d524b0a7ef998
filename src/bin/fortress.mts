#!/usr/bin/env node
import { existsSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The commands of `openclaw fortress` without OpenClaw: for timers, and for when the gateway does not run. */
const args = process.argv.slice(2);
/** That of OpenClaw. An older one ends while it loads what is imported below, with words that help nobody. */
const OLDEST_NODE = [24, 16] as const;

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // Who reads no further, as `head` does, ends the output and not the work.
    if (code === "EPIPE") return;
    process.once("exit", () => void (process.exitCode = 2));
    if (stream === process.stdout) console.error(`fortress: the output can't be written: ${code ?? message}. Remedy: make room, or write it elsewhere.`);
  });
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  console.error(`fortress: Node ${process.versions.node} is too old; it needs ${OLDEST_NODE.join(".")} or newer. Remedy: run it by the Node that runs OpenClaw.`);
  process.exit(2);
}

// To compile takes longer than most commands do. What it comes to is code: it is kept only where no sandbox and nobody else may write.
const [{ enableCompileCache }, { locate }] = await Promise.all([import("node:module"), import("../installation/locate.ts")]);
const folder = join(locate(process.env, homedir(), existsSync).stateDir, "fortress");
const lookAt = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    // Where that is more than that there is none, the command itself says so, in its own form.
    return undefined;
  }
};
const found = lookAt(folder);
if (found && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) enableCompileCache(join(folder, "compile-cache"));

// The timer's probe runs every few minutes: it loads neither the command tree nor any room but its own.
if (args[0] === "health" && args.slice(1).every((arg) => arg === "--heal" || arg === "--json")) {
  const [{ runHealth }, { healthContext }] = await Promise.all([import("../cli/health.ts"), import("../host/health-context.ts")]);
  await runHealth(healthContext(), { heal: args.includes("--heal"), json: args.includes("--json") });
} else {
  const [{ Command, CommanderError }, { addCommands, endUsage }, { commandContext }, { standaloneSurroundings }, { handedSurroundings }] = await Promise.all([import("commander"), import("../cli/tree.ts"), import("../host/command-context.ts"), import("../host/standalone.ts"), import("../host/handed.ts")]);
  const program = endUsage(new Command("fortress").description("Structural isolation of agent sandboxes"));
  const forGateway = args[0] === "maintenance" && args.includes("--gateway");
  addCommands(program, commandContext(forGateway ? await handedSurroundings() : standaloneSurroundings));
  await program.parseAsync().catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
  });
}
