import { userInfo } from "node:os";
import { join } from "node:path";
import { exists, readRegularFile } from "../edge/files.ts";
import { privateFiles } from "../edge/private-files.ts";
import { runProcess } from "../edge/process.ts";
import { createServiceManager } from "../edge/service-manager.ts";
import type { ServiceEdges } from "../flows/service.ts";
import type { Surroundings } from "../units/jobs.ts";

const MAX_UNIT_BYTES = 65_536;
const DEADLINE_MS = 10_000;
/** What tells one OpenClaw of a user from another. None of them may hold a secret. */
const NAMES = ["OPENCLAW_HOME", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "OPENCLAW_INCLUDE_ROOTS", "OPENCLAW_PROFILE", "OPENCLAW_GATEWAY_PORT", "OPENCLAW_SYSTEMD_UNIT"];

/** This user's timers. @param programDir the folder of the installed plugin */
export function serviceEdges(home: string, stateDir: string, programDir: string): ServiceEdges {
  const { XDG_CONFIG_HOME, XDG_RUNTIME_DIR, OPENCLAW_PROFILE, ...env } = process.env;
  const named = Object.fromEntries(NAMES.flatMap((name) => (process.env[name]?.trim() ? [[name, process.env[name].trim()]] : [])));
  const surroundings: Surroundings = { node: process.execPath, program: join(programDir, "bin/fortress.mjs"), stateDir, env: named, profile: OPENCLAW_PROFILE?.trim() || undefined };
  return {
    surroundings,
    manager: XDG_RUNTIME_DIR !== undefined && exists(join(XDG_RUNTIME_DIR, "systemd/private")) ? createServiceManager(runProcess) : undefined,
    unitFolder: join(XDG_CONFIG_HOME?.startsWith("/") ? XDG_CONFIG_HOME : join(env.HOME ?? home, ".config"), "systemd/user"),
    read(path) {
      try {
        return readRegularFile(path, { maxBytes: MAX_UNIT_BYTES, followLinks: false }).text;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        // A link or a device is nobody's of ours: a text without a mark is left alone.
        return "";
      }
    },
    exists,
    files: privateFiles,
    async lingers() {
      const { code, stdout } = await runProcess("loginctl", ["show-user", String(userInfo().uid), "--property=Linger"], { deadlineMs: DEADLINE_MS });
      return code === 0 ? stdout.trim() === "Linger=yes" : undefined;
    },
    userName: userInfo().username,
  };
}
