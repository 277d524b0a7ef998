import { homedir } from "node:os";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { CliContext, Terminal } from "../cli/command.ts";
import { addCommands } from "../cli/tree.ts";
import { createFortress } from "../fortress.ts";
import { localEdges } from "./edges.ts";
import { chooseEngine } from "./engine-choice.ts";
import { hostFacts } from "./host-config.ts";
import { commandSecrets } from "./secret-surroundings.ts";

const DESCRIPTION = "Structural isolation of agent sandboxes";

/** `openclaw fortress …`: a process of its own, beside the gateway. */
export function registerCli(api: OpenClawPluginApi): void {
  api.registerCli(({ program, config }) => addCommands(program.command("fortress").description(DESCRIPTION), cliContext(api, config)), {
    descriptors: [{ name: "fortress", description: DESCRIPTION, hasSubcommands: true }],
  });
}

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
};

function cliContext(api: OpenClawPluginApi, config: OpenClawPluginApi["config"]): CliContext {
  const home = homedir();
  let made: Pick<CliContext, "fortress" | "hostFacts"> | undefined;
  const make = (): NonNullable<typeof made> => {
    if (made) return made;
    // OpenClaw asks for the commands, to list them, in a mode in which its state cannot be reached.
    const edges = localEdges(home, api.runtime.state.resolveStateDir(), commandSecrets(config));
    const fortress = createFortress(api.pluginConfig, edges);
    return (made = { fortress, hostFacts: () => hostFacts(config, home, chooseEngine(fortress, edges)) });
  };
  return {
    get fortress() {
      return make().fortress;
    },
    hostFacts: () => make().hostFacts(),
    terminal,
    exit: (code) => void (process.exitCode = code),
  };
}
