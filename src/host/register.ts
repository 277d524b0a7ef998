import { homedir } from "node:os";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { createNotifier } from "../flows/notify.ts";
import type { HostFacts } from "../flows/status.ts";
import { createFortress, type Fortress } from "../fortress.ts";
import { describeError } from "../model/errors.ts";
import { backupService } from "./backup-service.ts";
import { backupWords } from "./backup-words.ts";
import { chatCommand, ownerCommand } from "./chat/commands.ts";
import { registerCli } from "./cli.ts";
import { sendByChannel } from "./channel.ts";
import { configSource, watchConfigTaken } from "./config-taken.ts";
import { localEdges } from "./edges.ts";
import { chooseEngine } from "./engine-choice.ts";
import { registerGatewayMethods } from "./gateway-methods.ts";
import { hostFacts, sandboxModes } from "./host-config.ts";
import { dailyMaintenance, maintenanceService } from "./maintenance-service.ts";
import { notifyEdges } from "./notify-edges.ts";
import { notifyService } from "./notify-service.ts";
import { projectionService } from "./projection-service.ts";
import { refuseWithoutSeam, seamMissing, seamMissingSurface } from "./no-seam.ts";
import { hasSeam, installSeam } from "./sandbox-seam.ts";
import { registerPages } from "./pages.ts";
import { maskToolResults } from "./secret-masking.ts";
import { gatewaySecrets } from "./secret-surroundings.ts";
import { watchService } from "./watch-service.ts";
import { shareSurface } from "./shared.ts";
import { auditCollector } from "./security-audit.ts";
import { gatewaySessions, isSwitchedOff, sessionFindings } from "./sessions.ts";
import { statusTool } from "./status-tool.ts";
import { gateTools } from "./tool-gate.ts";
import { STATUS_TOOL } from "./tool-policy.ts";
import { verdictService } from "./verdict-service.ts";
import { watchStatus } from "./watched-status.ts";

/** Registers everything; OpenClaw calls it several times per process, in several modes. */
export function registerFortress(api: OpenClawPluginApi): void {
  registerCli(api);
  if (api.registrationMode === "cli-metadata") return;
  api.registerCommand(chatCommand());
  api.registerCommand(ownerCommand());
  api.registerTool(statusTool, { name: STATUS_TOOL });
  gateTools(api, (agentId, sessionKey) => isSwitchedOff(gatewaySessions(api), agentId, sessionKey));
  api.registerSecurityAuditCollector?.(auditCollector);
  if (api.registrationMode === "full") {
    registerGatewayMethods(api);
    registerPages(api);
  }
  if (!hasSeam()) {
    const text = describeError(seamMissing());
    api.logger.error(text);
    refuseWithoutSeam(api, text);
    shareSurface(seamMissingSurface);
    return;
  }
  // What follows belongs to the one instance that makes the sandboxes.
  if (api.registrationMode !== "full") return;

  const home = homedir();
  const edges = localEdges(home, api.runtime.state.resolveStateDir(), gatewaySecrets(() => api.runtime.config.current()), api.rootDir);
  const fortress = createFortress(api.pluginConfig, edges);
  const choose = chooseEngine(fortress, edges);

  const uninstall = installSeam({
    fortress,
    now: Date.now,
    removeContainer: (engine, name) => edges.engine(engine).remove(name),
    storageOf: (engine) => edges.engine(engine).storage(),
    agentCount: () => sandboxModes(api.runtime.config.current()).length,
    chooseEngine: choose,
  });
  maskToolResults(api, fortress);
  const facts = (): HostFacts => hostFacts(api.runtime.config.current(), home, choose);
  const notTaken = watchConfigTaken(configSource());
  const notifier = createNotifier(notifyEdges({ home, stateDir: edges.stateDir, pluginConfig: api.pluginConfig, mask: fortress.secrets.mask, byChannel: sendByChannel }));
  const daily = dailyMaintenance(fortress, api, edges.stateDir);
  // Only the status tells of them: nothing else reads these files.
  const told = (): HostFacts => {
    const seen = facts();
    const config = api.runtime.config.current();
    const sessions = sessionFindings(config, sandboxModes(config).filter(({ mode }) => mode !== "off").map(({ agentId }) => agentId), gatewaySessions(api));
    return { ...seen, findings: [...seen.findings, ...sessions, ...notTaken(), ...daily.findings(), ...notifier.findings()] };
  };
  const watched = watchStatus(() => fortress.status(told));
  const unshare = shareSurface({
    status: watched.status,
    verify: (options) => fortress.isolation.verify(facts, options),
    log: () => fortress.ledger.read(),
    lockdown: (because) => fortress.lockdown.lock(facts, because),
    thaw: (because) => fortress.lockdown.thaw(facts, because),
    refusal: fortress.attestation.refusal,
    hostCommand: fortress.attestation.hostCommand,
    ...backupWords(fortress, facts),
  });
  const restore = (): void => {
    fortress.watch.stop();
    daily.stop();
    fortress.backupSchedule.stop();
    unshare();
    uninstall();
  };
  // Up to 2026.9.4 there is no onDispose, and the service's stop is the last call.
  api.lifecycle.onDispose?.(restore);
  api.registerService(healthService(fortress, restore));
  api.registerService(projectionService(fortress, edges));
  // Before the verdict's, which asks for the first answer.
  api.registerService(notifyService(notifier, watched));
  api.registerService(verdictService(watched));
  api.registerService(watchService(fortress, facts));
  api.registerService(maintenanceService(daily));
  api.registerService(backupService(fortress, facts));
}

/** Shows in OpenClaw's own health that every sandbox is refused, from the start and not only at the first turn. */
function healthService(fortress: Fortress, restore: () => void): Parameters<OpenClawPluginApi["registerService"]>[0] {
  return {
    id: "fortress",
    start({ logger, serviceHealth }) {
      try {
        fortress.secrets.check();
      } catch (error) {
        logger.error(describeError(error));
        serviceHealth?.reportFailure(new Error(describeError(error)));
      }
    },
    stop: restore,
  };
}
