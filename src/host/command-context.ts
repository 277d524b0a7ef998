import type { CliContext, Terminal } from "../cli/command.ts";
import { createFortress } from "../fortress.ts";
import { type HostConfig, commandSecrets } from "./config-secrets.ts";
import { localEdges } from "./edges.ts";
import { chooseEngine } from "./engine-choice.ts";
import { hostFacts } from "./host-config.ts";

/** What a command knows of the OpenClaw that it works for. */
export interface CommandSurroundings {
  readonly home: string;
  readonly stateDir: string;
  readonly config: HostConfig;
  /** The configuration as it stands in the file. */
  readonly source: () => HostConfig;
  readonly pluginConfig: unknown;
}

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY,
};

/** For a process of its own, beside the gateway. The surroundings are asked for when the first command needs them. */
export function commandContext(surroundings: () => CommandSurroundings): CliContext {
  let made: Pick<CliContext, "fortress" | "hostFacts"> | undefined;
  const make = (): NonNullable<typeof made> => {
    if (made) return made;
    const { home, stateDir, config, source, pluginConfig } = surroundings();
    const edges = localEdges(home, stateDir, commandSecrets(config, source));
    const fortress = createFortress(pluginConfig, edges);
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
