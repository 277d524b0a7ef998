import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { resolveConfig } from "../config/resolve.ts";
import { counterFile } from "../edge/counter-file.ts";
import { runHook } from "../edge/hook.ts";
import { runProcess } from "../edge/process.ts";
import { postJson } from "../edge/webhook.ts";
import type { NotifyEdges } from "../flows/notify.ts";
import type { Notice, Route } from "../model/notice.ts";

export interface NotifySurroundings {
  readonly home: string;
  readonly stateDir: string;
  /** The plugin's configuration; asked anew each time. */
  readonly pluginConfig: unknown;
  readonly mask: NotifyEdges["mask"];
  /** Sends by a channel of OpenClaw's; absent where the gateway can't be asked. */
  readonly byChannel?: (channel: ChannelTarget, notice: Notice) => Promise<void>;
}

export interface ChannelTarget {
  readonly channel: string;
  readonly to: string;
  readonly accountId?: string;
}

const DEADLINE_MS = 15_000;
/** Others hold the state for milliseconds only. */
const WAIT_MS = 5_000;

/** The ways to the operator that one process has. */
export function notifyEdges({ home, stateDir, pluginConfig, mask, byChannel }: NotifySurroundings): NotifyEdges {
  // By itself: a mistake elsewhere in the configuration is something to tell of.
  const configured = () => resolveConfig({ notify: (pluginConfig as { notify?: unknown } | undefined)?.notify }, home).notify;
  return {
    state: counterFile(join(stateDir, "fortress/notify.json"), WAIT_MS),
    now: () => new Date(),
    newId: randomUUID,
    where: hostname(),
    mask,
    settings() {
      const { channel, command, webhook, perHour } = configured();
      return channel || command || webhook ? { perHour } : undefined;
    },
    routes() {
      const { channel, command, webhook } = configured();
      const routes: (Route | undefined)[] = [
        channel && byChannel && { kind: "channel", send: (notice) => byChannel(channel, notice) },
        command && { kind: "command", send: ({ text }) => runHook(runProcess, command, text, DEADLINE_MS) },
        webhook === undefined ? undefined : { kind: "webhook", send: ({ text }) => postJson(webhook, { text }, DEADLINE_MS) },
      ];
      return routes.filter((route) => route !== undefined);
    },
  };
}
