import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";

/** The daily backup, as long as this instance of the plugin lives. */
export function backupService({ backupSchedule }: Pick<Fortress, "backupSchedule">, host: () => HostFacts): Parameters<OpenClawPluginApi["registerService"]>[0] {
  return {
    id: "fortress-backup",
    start: ({ logger }) => backupSchedule.start(host, logger),
    stop: () => backupSchedule.stop(),
  };
}
