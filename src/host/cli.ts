import { homedir } from "node:os";
import { dirname } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { addCommands, endUsage } from "../cli/tree.ts";
import { sendByChannel } from "./channel.ts";
import { commandContext } from "./command-context.ts";
import { sourceConfig } from "./secret-surroundings.ts";

const DESCRIPTION = "Structural isolation of agent sandboxes";

/** `openclaw fortress …`: a process of its own, beside the gateway. */
export function registerCli(api: OpenClawPluginApi): void {
  api.registerCli(({ program, config }) => addCommands(endUsage(program.command("fortress").description(DESCRIPTION)), cliContext(api, config)), {
    descriptors: [{ name: "fortress", description: DESCRIPTION, hasSubcommands: true }],
  });
}

/** Nothing is asked of the host before a command runs: OpenClaw lists them in a mode in which its state cannot be reached. */
function cliContext(api: OpenClawPluginApi, config: OpenClawPluginApi["config"]): ReturnType<typeof commandContext> {
  return commandContext(() => ({ home: homedir(), stateDir: api.runtime.state.resolveStateDir(), config, source: () => sourceConfig() ?? config, pluginConfig: api.pluginConfig, byChannel: sendByChannel, programDir: api.rootDir ?? dirname(import.meta.dirname) }));
}
