import type { CreateParams, Handle } from "openclaw/plugin-sdk/sandbox";
import type { PostureSettings } from "../flows/posture.ts";
import type { Fortress } from "../fortress.ts";
import type { EngineId } from "../model/sandbox.ts";

type ExecCall = Parameters<Handle["buildExecSpec"]>[0];

const SWITCHES = ["dangerouslyAllowReservedContainerTargets", "dangerouslyAllowContainerNamespaceJoin"] as const;

/** Nothing can be planted there: the sandbox's own system is read-only. */
const NO_HOME = "/nonexistent";

export function postureRequestOf(engine: EngineId, { workspaceDir, cfg: { docker, workspaceAccess } }: CreateParams): Parameters<Fortress["posture"]["prepare"]>[0] {
  return {
    engine,
    user: docker.user,
    readOnlyRoot: docker.readOnlyRoot !== false,
    capDrop: docker.capDrop ?? ["ALL"],
    tmpfs: docker.tmpfs ?? [],
    network: docker.network,
    seccompProfile: docker.seccompProfile,
    ulimits: docker.ulimits ?? {},
    env: docker.env ?? {},
    gpus: docker.gpus,
    switches: SWITCHES.filter((name) => docker[name] === true),
    workspaceDir,
    workspaceAccess,
  };
}

/** Writes the posture into the configuration object of this call, which OpenClaw makes afresh each time. */
export function applyPosture({ cfg: { docker } }: CreateParams, { user, tmpfs, env, ulimits, seccomp }: PostureSettings): void {
  if (user !== undefined) docker.user = user;
  else delete docker.user;
  docker.tmpfs = [...tmpfs];
  docker.env = { ...env };
  docker.ulimits = { ...ulimits };
  if (seccomp) docker.seccompProfile = seccomp.path;
}

/**
 * OpenClaw runs commands as `sh -lc`, which first runs `$HOME/.profile`, and everybody in the sandbox
 * can write one. So the shell starts without a home, and the command gets it back.
 */
export function withoutProfile(call: ExecCall): ExecCall {
  const { HOME = NO_HOME } = call.env;
  return { ...call, command: `export HOME='${HOME.replaceAll("'", `'\\''`)}'; ${call.command}`, env: { ...call.env, HOME: NO_HOME } };
}
