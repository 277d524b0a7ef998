/**
 * What the state directory (`~/.openclaw`) of OpenClaw 2026.9.6 and older versions holds, and what
 * a sandbox may see of it. This table is the allow-list: an entry that is not here is not mounted.
 *
 * `path` is relative to the state directory. A segment `*` stands for any one name (a `*` inside a
 * segment for any part of it), `<agent>` for the id of the sandbox's own agent.
 *
 * Only directories are ever bound: a bound file keeps its old inode after the gateway replaces it
 * by rename, and OpenClaw's file tools cannot read through one. A `never` entry inside a bound
 * directory is covered by an empty one.
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
  /** It holds what belongs to every agent: bound only where the gateway has a single one. */
  readonly common?: true;
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
  { path: "memory", access: "ro", purpose: "memory indexes and plugin memory stores", common: true },
  { path: "cron", access: "ro", purpose: "scheduled jobs and their run logs", common: true },
  { path: "logs", access: "ro", purpose: "gateway logs, for diagnosis", common: true },

  { path: "extensions", access: "ro", purpose: "code of the installed plugins" },
  { path: "npm/projects", access: "ro", purpose: "code of plugins installed from npm" },
  { path: "git", access: "ro", purpose: "code of plugins installed from git" },
  { path: "hooks", access: "ro", purpose: "code of the installed hooks" },
  { path: "skills", access: "ro", purpose: "managed skills" },
  { path: "plugin-skills", access: "ro", purpose: "skills that plugins bring" },
  { path: "skill-library", access: "ro", purpose: "reviewed revisions of skills" },
  { path: "skill-workshop", access: "ro", purpose: "proposed skills and their backups", common: true },
  { path: "sandbox/skills-workspaces/*", access: "ro", purpose: "skills made ready for a sandbox" },

  { path: "tools", access: "ro", purpose: "programs that skills installed" },
  { path: "bin", access: "ro", purpose: "launchers of installed programs" },
  { path: "completions", access: "ro", purpose: "shell completion scripts" },
  { path: "models", access: "ro", purpose: "local model files" },

  { path: "media/inbound", access: "ro", purpose: "attachments that users sent", common: true },
  { path: "media/outbound", access: "ro", purpose: "attachments that agents sent", common: true },
  { path: "canvas", access: "ro", purpose: "canvas documents", common: true },
  { path: "wiki/<agent>", access: "ro", purpose: "the agent's own wiki vault" },

  // Credentials and what stands for them.
  { path: "openclaw.json*", access: "never", purpose: "the gateway's configuration and its copies, with inline tokens" },
  { path: "clawdbot.json*", access: "never", purpose: "the configuration of an older version, with inline tokens" },
  { path: "credentials*", access: "never", purpose: "channel tokens and OAuth data" },
  { path: "identity", access: "never", purpose: "the gateway's device identity" },
  { path: "devices", access: "never", purpose: "paired devices and their tokens" },
  { path: "secrets*", access: "never", purpose: "API keys" },
  { path: "matrix", access: "never", purpose: "the Matrix crypto store" },
  { path: "state", access: "never", purpose: "the shared database: secret store, device tokens, cron" },
  { path: "agent", access: "never", purpose: "auth profiles and sessions of an older version" },
  { path: "agents/*/agent", access: "never", purpose: "an agent's auth profiles and sessions" },
  { path: "agents/*/agent.*", access: "never", purpose: "set-aside copies of an agent's auth profiles" },
  { path: "agents/*/qmd", access: "never", purpose: "an index that the gateway opens itself" },
  { path: "gateway*", access: "never", purpose: "TLS keys, tokens and passwords of the gateway" },
  { path: "github-profiles", access: "never", purpose: "GitHub tokens" },
  { path: "skills/config", access: "never", purpose: "access data of the servers that skills use" },
  { path: "secret-egress-proxy", access: "never", purpose: "keys that the proxy holds" },
  { path: "service-env", access: "never", purpose: "environment of the gateway's service, with keys" },
  { path: "setup-code", access: "never", purpose: "pairing codes" },
  { path: "node-host", access: "never", purpose: "a node's identity and token" },
  { path: "node*.json", access: "never", purpose: "a node's identity and token" },
  { path: "fleet", access: "never", purpose: "auth profiles of the gateways in a fleet" },
  { path: "locks", access: "never", purpose: "locks of the gateway's token refresh" },
  { path: "push", access: "never", purpose: "push subscriptions and keys" },
  { path: "browser", access: "never", purpose: "browser profiles with cookies" },
  { path: "data", access: "never", purpose: "accounts and keys of plugins" },
  { path: "plugins", access: "never", purpose: "private state of plugins" },
  { path: "plugin-data", access: "never", purpose: "private state of plugins" },
  { path: "plugin-state", access: "never", purpose: "private state of plugins" },
  { path: "exec-approvals*", access: "never", purpose: "what may run on the host, and the socket that decides it" },
  { path: "policies", access: "never", purpose: "code that the gateway runs to decide" },
  { path: "settings", access: "never", purpose: "settings of the gateway" },
  { path: "fortress", access: "never", purpose: "the state of openclaw-fortress itself" },
  { path: "fortress/mounts/agents/<agent>", access: "ro", purpose: "the redacted configuration, for this agent" },
  { path: "fortress/mounts/shared", access: "ro", purpose: "the redacted configuration, for a sandbox of several agents" },
  { path: "fortress/mounts/cover", access: "ro", purpose: "empty folders that cover others" },

  // Copies of the above, and work in progress on it.
  { path: "backup*", access: "never", purpose: "copies of the configuration and of databases" },
  { path: "tmp", access: "never", purpose: "captured plugin copies and work in progress" },
  { path: "cache", access: "never", purpose: "shell snapshots with parts of the host's environment" },
  { path: "imports", access: "never", purpose: "data taken over from other programs" },
  { path: "migration*", access: "never", purpose: "data on its way from other programs or versions" },
  { path: "session-sqlite-migration-runs", access: "never", purpose: "copies of every agent's sessions" },
  { path: "update-*", access: "never", purpose: "reports and copies of updates" },
  { path: "debug-proxy", access: "never", purpose: "recorded traffic with the model providers" },
  { path: "trajectory-exports", access: "never", purpose: "recorded runs of every agent" },

  // What belongs to other agents, channels or the gateway.
  { path: "sessions", access: "never", purpose: "sessions of every agent, by an older version" },
  { path: "subagents", access: "never", purpose: "runs of every agent" },
  { path: "tasks", access: "never", purpose: "tasks of every agent" },
  { path: "flows", access: "never", purpose: "flows of every agent" },
  { path: "acp", access: "never", purpose: "sessions of every agent with editors" },
  { path: "audit", access: "never", purpose: "what every agent and operator did" },
  { path: "bindings", access: "never", purpose: "conversations of every agent" },
  { path: "delivery-queue*", access: "never", purpose: "messages of every agent on their way out" },
  { path: "session-delivery-queue", access: "never", purpose: "messages of every agent on their way out" },
  { path: "transcripts", access: "never", purpose: "meeting transcripts of every agent" },
  { path: "logbook", access: "never", purpose: "notes on what the operator does" },
  { path: "voice-calls", access: "never", purpose: "calls of every agent" },
  { path: "attachments", access: "never", purpose: "attachments of every agent; OpenClaw mounts a session's own" },
  { path: "media/outgoing", access: "never", purpose: "records of what was sent where" },
  { path: "media/remote-cache", access: "never", purpose: "attachments of every channel" },
  { path: "telegram", access: "never", purpose: "channel state" },
  { path: "discord", access: "never", purpose: "channel state" },
  { path: "imessage", access: "never", purpose: "channel state" },
  { path: "whatsapp", access: "never", purpose: "channel state" },
  { path: "signal", access: "never", purpose: "channel state" },
  { path: "slack", access: "never", purpose: "channel state" },
  { path: "media/playback-transcode", access: "never", purpose: "work in progress on attachments" },
  { path: "media/qqbot", access: "never", purpose: "channel state" },
  { path: "tui", access: "never", purpose: "the operator's last session" },
  { path: "dns", access: "never", purpose: "name server zones of the gateway" },
  { path: "geolocation", access: "never", purpose: "a database of the gateway" },
  { path: "mpm", access: "never", purpose: "catalogs of the package manager" },
  { path: "npm/node_modules", access: "never", purpose: "plugins of an older version" },
  { path: "npm/package*", access: "never", purpose: "the list of these plugins" },
  { path: "npm/.*", access: "never", purpose: "work in progress of plugin installations" },
  { path: "npm-runtime", access: "never", purpose: "programs of the gateway" },
  { path: "node-runtime", access: "never", purpose: "programs of the gateway" },
  { path: "sandbox/containers*", access: "never", purpose: "the registry of sandboxes" },
  { path: "sandbox/browsers*", access: "never", purpose: "the registry of browser sandboxes" },
  { path: "worktree-sources", access: "never", purpose: "sources that worktrees are made from" },
  { path: "disable-launchagent", access: "never", purpose: "a switch of the service" },

  // Files at the top are never bound; what they are says only how bad it would be.
  { path: ".*", access: "never", purpose: "API keys in .env, a version control history, or work in progress" },
  { path: "*.json*", access: "never", purpose: "settings or state of the gateway, possibly with tokens" },
  { path: "*.token", access: "never", purpose: "a token" },
  { path: "*.password", access: "never", purpose: "a password" },
  { path: "*.key", access: "never", purpose: "a key of the gateway" },
  { path: "*.pem", access: "never", purpose: "a key or a certificate" },
  { path: "*.sock", access: "never", purpose: "a socket of the gateway" },
  { path: "*.sqlite*", access: "never", purpose: "a database of the gateway" },
  { path: "*.db*", access: "never", purpose: "a database of the gateway" },
  { path: "*.log*", access: "never", purpose: "a log of the gateway, with parts of every conversation" },
  { path: "*.pid", access: "never", purpose: "a process of the gateway" },
  { path: "*.lock", access: "never", purpose: "a lock of the gateway" },
];
