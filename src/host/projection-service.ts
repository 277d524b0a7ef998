import { basename, dirname } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { watchDirectory } from "../edge/watch.ts";
import type { Edges } from "../flows/core.ts";
import type { Fortress } from "../fortress.ts";
import { describeError } from "../model/errors.ts";

/** Rewrites the redacted configuration whenever OpenClaw or the operator rewrites the configuration. */
export function projectionService(fortress: Fortress, { configFile }: Edges): Parameters<OpenClawPluginApi["registerService"]>[0] {
  let stop: (() => void) | undefined;
  return {
    id: "fortress-projection",
    start({ logger, serviceHealth }) {
      const refresh = (): void => {
        try {
          fortress.refresh();
          serviceHealth?.clearFailure?.();
        } catch (error) {
          logger.error(describeError(error));
          serviceHealth?.reportFailure(new Error(describeError(error)));
        }
      };
      refresh();
      // The directory and not the file: a file that is replaced by rename is not the watched one any more.
      stop = watchDirectory(dirname(configFile), (name) => name === basename(configFile) && refresh());
    },
    stop() {
      stop?.();
      stop = undefined;
    },
  };
}
