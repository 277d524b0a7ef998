import { posix } from "node:path";
import { judgeLogs } from "../../maintenance/logs.ts";
import { textOf } from "../../model/errors.ts";
import type { Finding } from "../../model/finding.ts";
import { logFinding } from "../../posture/log.ts";
import { listOurs } from "../ours.ts";
import { count, type MaintenanceStep, sentence } from "./step.ts";

/** OpenClaw's own default. */
const MAX_LOG_BYTES = 100 * 2 ** 20;

/** Looks whether logs are bounded: OpenClaw's own, and those that the engine keeps of running sandboxes. */
export const logs: MaintenanceStep = {
  id: "logs",
  title: "check that logs are bounded",
  everyDays: 1,
  maxMinutes: 5,
  async run({ core, host }) {
    const { edges } = core;
    const files = edges.maintenance.logFiles([...(host.logs ?? []), posix.join(edges.stateDir, "logs")]);
    const grown = judgeLogs({ maxFileBytes: host.maxLogBytes ?? MAX_LOG_BYTES, files });
    const { sandboxes, unseen } = await listOurs(core, host);
    const running = sandboxes.filter(({ container }) => container.running);
    const unbounded = running.filter(({ engine, container }) => logFinding(engine, container, edges.readKernel));
    const findings = grown.map((what): Finding => ({ id: "logs.unbounded", severity: "warn", detail: `${what}.`, remedy: "Set logging.maxFileBytes in OpenClaw's configuration (100 MB by default), and remove or rotate the file. What writes it besides OpenClaw needs a logrotate of its own." }));
    const detail = `${sentence(count(files.length, "log file"))} of OpenClaw, ${grown.length} too large; ${count(running.length, "running sandbox", "running sandboxes")}, ${unbounded.length} with a log without bound`;
    if (grown.length > 0 || unbounded.length > 0) return { outcome: "found", detail: `${detail}.`, findings };
    return unseen.length > 0 ? { outcome: "partial", detail: `${detail}; ${unseen.map(({ error }) => textOf(error)).join("; ")}`, findings } : { outcome: "well", detail: `${detail}.`, findings };
  },
};
