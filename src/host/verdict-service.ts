import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describeError } from "../model/errors.ts";
import type { Report } from "../model/report.ts";
import type { WatchedStatus } from "./watched-status.ts";

/** Nobody may be asking: then the verdict is looked at this often. */
const INTERVAL_MS = 5 * 60_000;

/**
 * Tells clients of the gateway, as event `plugin.fortress.verdict`, when the verdict is another one than
 * before, and OpenClaw's own health as long as something critical is open.
 */
export function verdictService(watched: WatchedStatus): Parameters<OpenClawPluginApi["registerService"]>[0] {
  let stop: (() => void) | undefined;
  return {
    id: "fortress-verdict",
    start({ logger, gatewayEvents, serviceHealth }) {
      const tellHealth = ({ findings }: Report): void => {
        const open = findings.find(({ severity }) => severity === "critical");
        if (open) serviceHealth?.reportFailure(new Error(`fortress: ${open.detail} Remedy: ${open.remedy}`));
        else serviceHealth?.clearFailure();
      };
      const look = (): void => void watched.status().then(tellHealth).catch((error: unknown) => logger.error(describeError(error)));
      const unwatch = watched.onVerdict((report, before) => {
        const count = (severity: string): number => report.findings.filter((finding) => finding.severity === severity).length;
        tellHealth(report);
        logger.info(`fortress: the verdict is ${report.verdict} now; it was ${before}`);
        try {
          gatewayEvents?.emit("verdict", { verdict: report.verdict, before, critical: count("critical"), warn: count("warn") }, { scope: "operator.read" });
        } catch (error) {
          // Whoever asked for the status gets it, even where OpenClaw is about to stop this service.
          logger.error(describeError(error));
        }
      });
      const timer = setInterval(look, INTERVAL_MS);
      // The gateway may end at any time.
      timer.unref();
      stop = () => {
        clearInterval(timer);
        unwatch();
      };
      look();
    },
    stop() {
      stop?.();
      stop = undefined;
    },
  };
}
