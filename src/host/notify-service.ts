import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Notifier } from "../flows/notify.ts";
import type { WatchedStatus } from "./watched-status.ts";

/** Tells the operator of every answer of the status what he does not know yet. */
export function notifyService({ observe }: Notifier, watched: WatchedStatus): Parameters<OpenClawPluginApi["registerService"]>[0] {
  let unwatch: (() => void) | undefined;
  return {
    id: "fortress-notify",
    start() {
      // Nobody waits for it: who asked for the status gets it at once.
      unwatch = watched.onReport(({ findings }) => void observe(findings, true));
    },
    stop() {
      unwatch?.();
      unwatch = undefined;
    },
  };
}
