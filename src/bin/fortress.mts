#!/usr/bin/env node
/** The commands of `openclaw fortress` without OpenClaw: for timers, and for when the gateway does not run. */
const args = process.argv.slice(2);

// The timer's probe runs every few minutes: it loads neither the command tree nor any room but its own.
if (args[0] === "health" && args.slice(1).every((arg) => arg === "--heal" || arg === "--json")) {
  const [{ runHealth }, { healthContext }] = await Promise.all([import("../cli/health.ts"), import("../host/health-context.ts")]);
  await runHealth(healthContext(), { heal: args.includes("--heal"), json: args.includes("--json") });
} else {
  const [{ Command }, { addCommands }, { commandContext }, { standaloneSurroundings }, { handedSurroundings }] = await Promise.all([import("commander"), import("../cli/tree.ts"), import("../host/command-context.ts"), import("../host/standalone.ts"), import("../host/handed.ts")]);
  const program = new Command("fortress").description("Structural isolation of agent sandboxes");
  const forGateway = args[0] === "maintenance" && args.includes("--gateway");
  addCommands(program, commandContext(forGateway ? await handedSurroundings() : standaloneSurroundings));
  await program.parseAsync();
}
