import type { Command } from "commander";
import { addBackup } from "./backup.ts";
import { type AddCommand, type CliContext, EXIT } from "./command.ts";
import { addExplain } from "./explain.ts";
import { addHealth } from "./health.ts";
import { addLockdown } from "./lockdown.ts";
import { addLog } from "./log.ts";
import { addMaintenance } from "./maintenance.ts";
import { addMounts } from "./mounts.ts";
import { addNotify } from "./notify.ts";
import { addSchemas } from "./schema/option.ts";
import { addSecrets } from "./secrets.ts";
import { addService } from "./service.ts";
import { addStatus } from "./status.ts";
import { addSweep } from "./sweep.ts";
import { addVerify } from "./verify.ts";

/** Every command of `openclaw fortress`, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [addStatus, addMounts, addExplain, addVerify, addHealth, addLog, addLockdown, addBackup, addMaintenance, addSweep, addNotify, addSecrets, addService];

/**
 * To be called before commands are added, which take it over. Commander ends wrong usage with 1, which
 * here says that something does not hold.
 *
 * @returns the command, which throws a CommanderError with the exit code of wrong usage, or of help that was asked for
 */
export function endUsage(parent: Command): Command {
  return parent.exitOverride((error) => {
    if (error.exitCode !== EXIT.ok) error.exitCode = EXIT.refused;
    throw error;
  });
}

const HELP = `
Exit codes, also of what says nothing else: 0 done, and everything that was looked at holds; 1 something does
not hold; 2 wrong usage or configuration, nothing was done; 3 not everything could be looked at.
Every command has its own --help, prints JSON with --json, and the schema of that with --schema.`;

export function addCommands(parent: Command, context: CliContext): void {
  parent.addHelpText("after", HELP);
  for (const add of COMMANDS) add(parent, context);
  addSchemas(parent, context);
}
