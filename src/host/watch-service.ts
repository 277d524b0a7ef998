import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";

/** Watches the sandboxes as long as this instance of the plugin lives. A new one, after a change of the configuration, begins with a look at all of them. */
export function watchService({ watch }: Pick<Fortress, "watch">, host: () => HostFacts): Parameters<OpenClawPluginApi["registerService"]>[0] {
  return {
    id: "fortress-watch",
    start: () => watch.start(host),
    stop: () => watch.stop(),
  };
}
