import { posix } from "node:path";

/** Where one OpenClaw has its things, by its environment. Absolute paths. */
export interface Installation {
  /** The directory that `~` stands for: `OPENCLAW_HOME`, or the user's own. */
  readonly home: string;
  readonly stateDir: string;
  readonly configFile: string;
  /** Directories outside the configuration's own from which `$include` may read. */
  readonly includeRoots: readonly string[];
  /** Undefined for the default one. */
  readonly profile: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const FILES = ["openclaw.json", "clawdbot.json"];

/**
 * Source: OpenClaw's `config/paths`, `config/state-dir` and `infra/home-dir`.
 *
 * @param userHome what the system calls the user's home directory
 */
export function locate(env: Environment, userHome: string, exists: (path: string) => boolean): Installation {
  const osHome = posix.resolve(homeValue(env.HOME) ?? userHome);
  const home = expand(homeValue(env.OPENCLAW_HOME) ?? osHome, osHome);
  const chosen = env.OPENCLAW_STATE_DIR?.trim();
  const stateDir = chosen ? expand(chosen, home) : ([".openclaw", ".clawdbot"].map((name) => posix.join(home, name)).find(exists) ?? posix.join(home, ".openclaw"));
  const config = env.OPENCLAW_CONFIG_PATH?.trim();
  const files = FILES.map((name) => posix.join(stateDir, name));
  return {
    home,
    stateDir,
    configFile: config ? expand(config, home) : (files.find(exists) ?? files[0]!),
    includeRoots: (env.OPENCLAW_INCLUDE_ROOTS ?? "").split(":").flatMap((root) => (root.trim() === "" ? [] : [expand(root.trim(), home)])),
    profile: profileOf(env.OPENCLAW_PROFILE),
  };
}

function profileOf(raw: string | undefined): string | undefined {
  const name = raw?.trim() ?? "";
  return /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name) && name.toLowerCase() !== "default" ? name : undefined;
}

/** Scripts that print what is unset leave these words. */
function homeValue(raw: string | undefined): string | undefined {
  const value = raw?.trim();
  return value && value !== "undefined" && value !== "null" ? value : undefined;
}

function expand(path: string, home: string): string {
  return posix.resolve(path.replace(/^~(?=\/|$)/, () => home));
}
