import type { CliContext } from "../cli/command.ts";
import { createServiceFlow } from "../flows/service.ts";
import { createFortress } from "../fortress.ts";
import { commandSecrets } from "./config-secrets.ts";
import { localEdges } from "./edges.ts";
import { chooseEngine } from "./engine-choice.ts";
import { healthContext } from "./health-context.ts";
import { hostFacts } from "./host-config.ts";
import { serviceEdges } from "./service-edges.ts";
import type { CommandSurroundings } from "./standalone.ts";

/** For a process of its own, beside the gateway. The surroundings are asked for when the first command needs them. */
export function commandContext(surroundings: () => CommandSurroundings): CliContext {
  let made: Pick<CliContext, "fortress" | "hostFacts"> | undefined;
  const make = (): NonNullable<typeof made> => {
    if (made) return made;
    const { home, stateDir, config, source, pluginConfig, gatewayEnvironment } = surroundings();
    const edges = localEdges(home, stateDir, commandSecrets(config, source, gatewayEnvironment));
    const fortress = createFortress(pluginConfig, edges);
    return (made = { fortress, hostFacts: () => hostFacts(config, home, chooseEngine(fortress, edges)) });
  };
  return {
    get fortress() {
      return make().fortress;
    },
    hostFacts: () => make().hostFacts(),
    service() {
      const { home, stateDir, programDir } = surroundings();
      return createServiceFlow(serviceEdges(home, stateDir, programDir));
    },
    ...healthContext(),
  };
}
