import type { CliContext } from "../cli/command.ts";
import { createNotifier, type NotifyEdges } from "../flows/notify.ts";
import { createServiceFlow } from "../flows/service.ts";
import type { HostFacts } from "../flows/status.ts";
import { createFortress } from "../fortress.ts";
import { commandSecrets } from "./config-secrets.ts";
import { localEdges } from "./edges.ts";
import { chooseEngine } from "./engine-choice.ts";
import { healthContext } from "./health-context.ts";
import { hostFacts } from "./host-config.ts";
import { notifyEdges } from "./notify-edges.ts";
import { serviceEdges } from "./service-edges.ts";
import type { CommandSurroundings } from "./standalone.ts";

/** For a process of its own, beside the gateway. The surroundings are asked for when the first command needs them. */
export function commandContext(surroundings: () => CommandSurroundings): CliContext {
  let made: (Pick<CliContext, "fortress" | "hostFacts"> & { readonly notify: NotifyEdges }) | undefined;
  const make = (): NonNullable<typeof made> => {
    if (made) return made;
    const { home, stateDir, config, source, pluginConfig, gatewayEnvironment, programDir, byChannel } = surroundings();
    const edges = localEdges(home, stateDir, commandSecrets(config, source, gatewayEnvironment), programDir);
    const fortress = createFortress(pluginConfig, edges);
    const notify = notifyEdges({ home, stateDir, pluginConfig, mask: fortress.secrets.mask, ...(byChannel && { byChannel }) });
    const { findings } = createNotifier(notify);
    const facts = (): HostFacts => hostFacts(config, home, chooseEngine(fortress, edges));
    return (made = { fortress, notify, hostFacts: () => ({ ...facts(), findings: [...facts().findings, ...findings()] }) });
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
    notify: (findings) => createNotifier(make().notify).observe(findings, false),
    notifyRoutes() {
      const { routes, newId, where } = make().notify;
      return routes().map(({ kind, send }) => ({ kind, send: () => send({ id: newId(), text: `fortress on ${where}: this is a test; nothing is wrong.` }) }));
    },
    ...healthContext(),
  };
}
