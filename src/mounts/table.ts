/**
 * What the state directory (`~/.openclaw`) of OpenClaw 2026.9.6 and older versions holds, and what
 * a sandbox may see of it. This table is the allow-list: an entry that is not here is not mounted.
 *
 * `path` is relative to the state directory. A segment `*` stands for any one name (a `*` inside a
 * segment for any part of it), `<agent>` for the id of the sandbox's own agent.
 *
 * Only directories are ever bound: a bound file keeps its old inode after the gateway replaces it
 * by rename, and OpenClaw's file tools cannot read through one.
 */
export interface StateEntry {
  readonly path: string;
  /**
   * - `ro`: bound read-only where it exists.
   * - `workspace`: bound only where it is this sandbox's own workspace.
   * - `never`: not bound, and an operator's bind that reaches it is refused or replaced.
   */
  readonly access: "ro" | "workspace" | "never";
  /** For `ro` and `workspace` what the agent needs it for; for `never` what it would give away. */
  readonly purpose: string;
}

export const STATE_ENTRIES: readonly StateEntry[] = [
  { path: "workspace", access: "workspace", purpose: "the default agent's workspace" },
  { path: "workspace-*", access: "workspace", purpose: "another agent's or profile's workspace" },
  { path: "sandboxes", access: "workspace", purpose: "private workspaces of sandboxes" },
  { path: "worktrees/*", access: "workspace", purpose: "a managed worktree" },
  { path: "projects/*", access: "workspace", purpose: "a managed project" },

  // Where the original guide mounts `agents`, `memory` and `cron` read-write, today's gateway reads
  // them back with its own rights: `doctor --fix` imports sessions and cron jobs, and the gateway
  // opens the databases in `memory`. A sandbox that writes there acts as the gateway.
  { path: "agents/<agent>/sessions", access: "ro", purpose: "the agent's own session archive" },
  { path: "memory", access: "ro", purpose: "memory indexes and plugin memory stores" },
  { path: "cron", access: "ro", purpose: "scheduled jobs and their run logs" },
  { path: "logs", access: "ro", purpose: "gateway logs, for diagnosis" },

  { path: "extensions", access: "ro", purpose: "code of the installed plugins" },
  { path: "npm/projects", access: "ro", purpose: "code of plugins installed from npm" },
  { path: "git", access: "ro", purpose: "code of plugins installed from git" },
  { path: "hooks", access: "ro", purpose: "code of the installed hooks" },
  { path: "skills", access: "ro", purpose: "managed skills" },
  { path: "plugin-skills", access: "ro", purpose: "skills that plugins bring" },
  { path: "skill-library", access: "ro", purpose: "reviewed revisions of skills" },
  { path: "skill-workshop", access: "ro", purpose: "proposed skills and their backups" },
  { path: "sandbox/skills-workspaces/*", access: "ro", purpose: "skills made ready for a sandbox" },

  { path: "tools", access: "ro", purpose: "programs that skills installed" },
  { path: "bin", access: "ro", purpose: "launchers of installed programs" },
  { path: "completions", access: "ro", purpose: "shell completion scripts" },
  { path: "models", access: "ro", purpose: "local model files" },

  { path: "media/inbound", access: "ro", purpose: "attachments that users sent" },
  { path: "media/outbound", access: "ro", purpose: "attachments that agents sent" },
  { path: "canvas", access: "ro", purpose: "canvas documents" },
  { path: "wiki/<agent>", access: "ro", purpose: "the agent's own wiki vault" },

  { path: "openclaw.json*", access: "never", purpose: "the gateway's configuration and its copies, with inline tokens" },
  { path: "*.json5", access: "never", purpose: "configuration includes, with inline tokens" },
  { path: ".env*", access: "never", purpose: "API keys" },
  { path: "secrets*", access: "never", purpose: "API keys" },
  { path: "credentials", access: "never", purpose: "channel tokens and OAuth data" },
  { path: "identity", access: "never", purpose: "the gateway's device identity" },
  { path: "devices", access: "never", purpose: "paired devices and their tokens" },
  { path: "matrix", access: "never", purpose: "the Matrix crypto store" },
  { path: "state", access: "never", purpose: "the shared database: secret store, device tokens, cron" },
  { path: "agents/*/agent", access: "never", purpose: "an agent's auth profiles and sessions" },
  { path: "agents/*/qmd", access: "never", purpose: "an index that the gateway opens itself" },
  { path: "gateway*", access: "never", purpose: "TLS keys, tokens and passwords of the gateway" },
  { path: "*.token", access: "never", purpose: "a token" },
  { path: "*.sock", access: "never", purpose: "a socket of the gateway" },
  { path: "*.sqlite*", access: "never", purpose: "a database of the gateway" },
  { path: "*.key", access: "never", purpose: "a key of the gateway" },
  { path: "keys.json", access: "never", purpose: "keys" },
  { path: "backups", access: "never", purpose: "copies of the configuration and of databases" },
  { path: "tmp", access: "never", purpose: "captured plugin copies and work in progress" },
  { path: "cache", access: "never", purpose: "shell snapshots with parts of the host's environment" },
  { path: "browser", access: "never", purpose: "browser profiles with cookies" },
  { path: "telegram", access: "never", purpose: "channel state" },
  { path: "discord", access: "never", purpose: "channel state" },
  { path: "imessage", access: "never", purpose: "channel state" },
  { path: "push", access: "never", purpose: "push subscriptions and keys" },
  { path: "plugins", access: "never", purpose: "private state of plugins" },
  { path: "plugin-data", access: "never", purpose: "private state of plugins" },
  { path: "plugin-state", access: "never", purpose: "private state of plugins" },
  { path: "service-env", access: "never", purpose: "environment of the gateway's service, with keys" },
  { path: "github-profiles", access: "never", purpose: "GitHub tokens" },
  { path: "secret-egress-proxy", access: "never", purpose: "keys that the proxy holds" },
  { path: "setup-code", access: "never", purpose: "pairing codes" },
  { path: "node-host", access: "never", purpose: "a node's identity and token" },
  { path: "delivery-queue*", access: "never", purpose: "messages of every agent on their way out" },
  { path: "transcripts", access: "never", purpose: "meeting transcripts of every agent" },
  { path: "voice-calls", access: "never", purpose: "calls of every agent" },
  { path: "attachments", access: "never", purpose: "attachments of every agent; OpenClaw mounts a session's own" },
];
