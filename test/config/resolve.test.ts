import { describe, expect, it } from "vitest";
import { profileOf } from "../../src/config/mounts-section.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { errorOf } from "../fixtures/errors.ts";

const HOME = "/home/ada";
const KEY = "plugins.entries.fortress.config";
const resolve = (raw: unknown): ReturnType<typeof resolveConfig> => resolveConfig(raw, HOME);

const DEFAULTS = {
  engine: "auto",
  limits: { memory: 8 * 2 ** 30, cpus: 4, pids: 512, onFailure: "refuse" },
  disk: { warn: { bytes: 20 * 2 ** 30, files: 1_000_000, log: 2 ** 30 }, freeze: {} },
  mounts: { profile: "standard", add: [], agents: {} },
  posture: { seccomp: "hardened", user: "auto", tmpfs: 2 ** 30, network: { allow: ["none", "bridge"] } },
  secrets: { file: "/home/ada/.config/openclaw-secrets/secrets.env", fromCredentials: [], values: {}, fromEnvironment: [], grants: { "*": ["*"] }, delivery: "auto" },
  attestation: { mode: "enforce" },
  health: { restart: true, startMinutes: 5 },
  maintenance: { hour: 3, skip: [], scanMinutes: 10, containerDays: 7, imageDays: 30, evidenceDays: 30 },
  notify: { perHour: 6 },
  backups: { enabled: true, hour: 3, directory: "/home/ada/.local/state/openclaw-backups", keep: { daily: 7, weekly: 4, monthly: 6 }, workspaces: 2 ** 30, recipients: [], startMinutes: 10, minutes: 60 },
};

describe("defaults", () => {
  it.each([[undefined], [null], [{}], [{ limits: {}, secrets: {} }], [{ engine: undefined, limits: undefined }]])("%j means the defaults", (raw) => {
    expect(resolve(raw)).toEqual(DEFAULTS);
  });

  it("fills in only what is absent", () => {
    expect(resolve({ limits: { memory: "512m" }, engine: "docker" })).toEqual({ ...DEFAULTS, engine: "docker", limits: { ...DEFAULTS.limits, memory: 2 ** 29 } });
  });

  it("freezes by those marks only that are set", () => {
    expect(resolve({ disk: { warn: { size: "5g" }, freeze: { size: "10g" } } }).disk).toEqual({ warn: { ...DEFAULTS.disk.warn, bytes: 5 * 2 ** 30 }, freeze: { bytes: 10 * 2 ** 30 } });
    expect(resolve({ disk: { freeze: { files: 7, log: "1m" } } }).disk).toEqual({ ...DEFAULTS.disk, freeze: { files: 7, log: 2 ** 20 } });
  });

  it("neither changes nor keeps the raw configuration", () => {
    const raw = { secrets: { grants: { main: ["A"] } } };
    const { secrets } = resolve(raw);
    expect(raw).toEqual({ secrets: { grants: { main: ["A"] } } });
    raw.secrets.grants.main.push("B");
    expect(secrets.grants).toEqual({ main: ["A"] });
  });

  it("gives every call defaults of its own", () => {
    expect(resolve({}).secrets.grants).not.toBe(resolve({}).secrets.grants);
    expect(Object.isFrozen(resolve({}))).toBe(true);
  });
});

describe("grants", () => {
  it.each([[{}], [{ main: ["A"] }], [{ main: [] }], [{ "*": [] }], [{ "*": ["EXAMPLE_*"], ops: ["*", "_X1"] }]])("%j replaces the default, which gives everything to everyone", (grants) => {
    expect(resolve({ secrets: { grants } }).secrets.grants).toEqual(grants);
  });

  it.each(["9A", "A-B", "A*B", "**", "*A", "", " A", "A ", "Ä", "A\n"])("%j is not a pattern", (pattern) => {
    expect(errorOf(() => resolve({ secrets: { grants: { main: ["OK", pattern] } } })).message).toContain(`${KEY}.secrets.grants.main.1: ${JSON.stringify(pattern)} `);
  });

  it("names the agent as it is written", () => {
    expect(errorOf(() => resolve({ secrets: { grants: { "a/b~c": "A" } } })).message).toContain(`${KEY}.secrets.grants.a/b~c: "A" `);
  });
});

describe("mounts", () => {
  const A = { source: "~/a", purpose: "data" };
  const FULL = { source: "/home/ada/a", target: "/home/ada/a", mode: "ro", purpose: "data" };

  it("fills in what an added directory leaves out", () => {
    expect(resolve({ mounts: { add: [A, { ...A, target: "/mnt/a", mode: "rw" }] } }).mounts).toEqual({ profile: "standard", add: [FULL, { ...FULL, target: "/mnt/a", mode: "rw" }], agents: {} });
  });

  it.each([
    ["main", "minimal", [FULL, { ...FULL, target: "/own" }]],
    ["other", "standard", [FULL]],
    [undefined, "standard", [FULL]],
    ["constructor", "standard", [FULL]],
  ])("for agent %s are %s", (agentId, name, add) => {
    const { mounts } = resolve({ mounts: { add: [A], agents: { main: { profile: "minimal", add: [{ ...A, target: "/own" }] } } } });
    expect(profileOf(mounts, agentId)).toEqual({ name, add });
  });
});
const HIDDEN = "what is there (not shown)";

describe("secrets.file", () => {
  it.each([
    ["~/keys/secrets.env", "/home/ada/keys/secrets.env"],
    ["/etc/keys.env", "/etc/keys.env"],
    ["/srv/~/keys.env", "/srv/~/keys.env"],
    ["~/a//b/../keys.env", "/home/ada/a/keys.env"],
  ])("%s is %s", (file, path) => {
    expect(resolve({ secrets: { file } }).secrets.file).toBe(path);
  });
});

/** Raw configuration, the key that is wrong, and its value as the message shows it. */
const WRONG: readonly (readonly [unknown, string, string])[] = [
  ["text", "", '"text"'],
  [5, "", "5"],
  [true, "", "true"],
  [[], "", "[]"],
  [{ colour: 1 }, ".colour", "1"],
  [{ limit: { memory: "1g" } }, ".limit", '{"memory":"1g"}'],
  [{ "a/b~1": 1 }, ".a/b~1", "1"],
  [{ engine: "containerd" }, ".engine", '"containerd"'],
  [{ engine: null }, ".engine", "null"],
  [{ engine: ["podman"] }, ".engine", '["podman"]'],
  [{ limits: null }, ".limits", "null"],
  [{ limits: "8g" }, ".limits", '"8g"'],
  [{ limits: [] }, ".limits", "[]"],
  [{ limits: { swap: "1g" } }, ".limits.swap", '"1g"'],
  [{ limits: { Memory: "1g" } }, ".limits.Memory", '"1g"'],
  ...["8gb", "8", "8G", "-1g", "1.5g", "", " 8g", "0g", "08g", "8g\n", "unlimited"].map((memory) => [{ limits: { memory } }, ".limits.memory", JSON.stringify(memory)] as const),
  [{ limits: { memory: `${"9".repeat(20)}t` } }, ".limits.memory", `"${"9".repeat(20)}t"`],
  ...[8, -1, 0, NaN, null, true, ["8g"], { size: "8g" }].map((memory) => [{ limits: { memory } }, ".limits.memory", shown(memory)] as const),
  ...[0, -1, NaN, Infinity, -Infinity, "4", null, [4], true].map((cpus) => [{ limits: { cpus } }, ".limits.cpus", shown(cpus)] as const),
  ...[0, -1, 15, 1.5, 4_194_305, NaN, Infinity, "512", null, [512]].map((pids) => [{ limits: { pids } }, ".limits.pids", shown(pids)] as const),
  [{ limits: { onFailure: "ignore" } }, ".limits.onFailure", '"ignore"'],
  [{ disk: { freeze: true } }, ".disk.freeze", "true"],
  [{ disk: { freeze: { size: "10gb" } } }, ".disk.freeze.size", '"10gb"'],
  [{ disk: { freeze: { size: `${"9".repeat(20)}t` } } }, ".disk.freeze.size", `"${"9".repeat(20)}t"`],
  [{ disk: { freeze: { inodes: 5 } } }, ".disk.freeze.inodes", "5"],
  [{ disk: { freeze: { files: null } } }, ".disk.freeze.files", "null"],
  [{ disk: { warn: { log: 5 } } }, ".disk.warn.log", "5"],
  ...[0, 1.5, 1_000_000_001, Infinity, "5"].map((files) => [{ disk: { warn: { files } } }, ".disk.warn.files", shown(files)] as const),
  [{ mounts: "minimal" }, ".mounts", '"minimal"'],
  [{ mounts: { profile: "none" } }, ".mounts.profile", '"none"'],
  [{ mounts: { add: {} } }, ".mounts.add", "{}"],
  [{ mounts: { add: ["/a:/b"] } }, ".mounts.add.0", '"/a:/b"'],
  [{ mounts: { add: [{ source: "a", purpose: "data" }] } }, ".mounts.add.0.source", '"a"'],
  [{ mounts: { add: [{ source: "/a", target: "b", purpose: "data" }] } }, ".mounts.add.0.target", '"b"'],
  [{ mounts: { add: [{ source: "/a", mode: "rwx", purpose: "data" }] } }, ".mounts.add.0.mode", '"rwx"'],
  [{ mounts: { add: [{ source: "/a" }] } }, ".mounts.add.0.purpose", "undefined"],
  [{ mounts: { add: [{ source: "/a", purpose: "data", options: "U" }] } }, ".mounts.add.0.options", '"U"'],
  [{ mounts: { agents: { main: { profile: "all" } } } }, ".mounts.agents.main.profile", '"all"'],
  [{ mounts: { agents: { main: { add: [{}] } } } }, ".mounts.agents.main.add.0.source", "undefined"],
  [{ maintenance: { hour: 24 } }, ".maintenance.hour", "24"],
  [{ maintenance: { skip: ["leakz"] } }, ".maintenance.skip.0", '"leakz"'],
  [{ maintenance: { scanMinutes: 0 } }, ".maintenance.scanMinutes", "0"],
  ...[-1, 1.5, "7", 3_651].map((containerDays) => [{ maintenance: { containerDays } }, ".maintenance.containerDays", shown(containerDays)] as const),
  [{ notify: { channel: "telegram" } }, ".notify.channel", '"telegram"'],
  [{ notify: { channel: { channel: "telegram" } } }, ".notify.channel.to", "undefined"],
  [{ notify: { channel: { channel: "telegram", to: 5 } } }, ".notify.channel.to", "5"],
  [{ notify: { perHour: 0 } }, ".notify.perHour", "0"],
  // An address or an argument may be a key.
  ...["mailto:canary", "canary", 5].map((webhook) => [{ notify: { webhook } }, ".notify.webhook", HIDDEN] as const),
  [{ notify: { command: "canary" } }, ".notify.command", HIDDEN],
  [{ notify: { command: [] } }, ".notify.command", HIDDEN],
  [{ notify: { command: ["curl", 5] } }, ".notify.command.1", HIDDEN],
  [{ secrets: "~/secrets.env" }, ".secrets", HIDDEN],
  [{ secrets: { path: "/x" } }, ".secrets.path", HIDDEN],
  // Where somebody may have put a key by mistake.
  [{ secrets: { OPENAI_API_KEY: "canary" } }, ".secrets.OPENAI_API_KEY", HIDDEN],
  [{ secrets: { values: "canary" } }, ".secrets.values", HIDDEN],
  [{ secrets: { values: { "A-B": "canary" } } }, ".secrets.values.A-B", HIDDEN],
  [{ secrets: { fromEnvironment: ["sk-canary"] } }, ".secrets.fromEnvironment.0", HIDDEN],
  [{ secrets: { fromCredentials: ["../canary"] } }, ".secrets.fromCredentials.0", HIDDEN],
  [{ secrets: { delivery: "argv" } }, ".secrets.delivery", '"argv"'],
  ...["secrets.env", "~", "~ada/secrets.env", "./x", "", "C:\\x"].map((file) => [{ secrets: { file } }, ".secrets.file", JSON.stringify(file)] as const),
  [{ secrets: { grants: [] } }, ".secrets.grants", "[]"],
  [{ secrets: { grants: null } }, ".secrets.grants", "null"],
  [{ secrets: { grants: { main: "A" } } }, ".secrets.grants.main", '"A"'],
  [{ secrets: { grants: { main: [1] } } }, ".secrets.grants.main.0", "1"],
];

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

describe("a wrong configuration", () => {
  it.each(WRONG)("%j is refused by the name of the key", (raw, key, value) => {
    const error = errorOf(() => resolve(raw));
    expect(error.code).toBe("config-invalid");
    expect(error.message.startsWith(`${KEY}${key}: ${value} `), error.message).toBe(true);
    expect(error.remedy).toMatch(/\w.*\.$/);
  });

  it("does not blame the keys beside the wrong one", () => {
    for (const [key, value] of Object.entries({ memory: "8gb", cpus: 0, pids: 0, onFailure: "no" })) {
      const limits = { memory: "1g", cpus: 1, pids: 64, onFailure: "warn", [key]: value };
      expect(errorOf(() => resolve({ engine: "podman", limits, secrets: { file: "/x/y" } })).message).toContain(`${KEY}.limits.${key}: `);
    }
  });

  it("shows only the beginning of a long value, and a pattern as it is written", () => {
    const { message } = errorOf(() => resolve({ limits: { memory: "x".repeat(10_000) } }));
    expect(message.length).toBeLessThan(300);
    expect(errorOf(() => resolve({ secrets: { grants: { main: ["a-b"] } } })).message).toContain("[A-Za-z_]");
  });
});

describe("backups", () => {
  it("expand the directories that stand below HOME, and leave a command as it is", () => {
    expect(resolve({ backups: { directory: "~/b/../c", afterwards: "~/copies" } }).backups).toMatchObject({ directory: "/home/ada/c", afterwards: "/home/ada/copies" });
    expect(resolve({ backups: { afterwards: ["rclone", "copy", "~/x"] } }).backups.afterwards).toEqual(["rclone", "copy", "~/x"]);
  });

  it.each<[string, unknown]>([
    ["hour", 24],
    ["hour", 2.5],
    ["directory", "relative"],
    ["keep.daily", 0],
    ["keep.yearly", 3],
    ["workspaces", "8gb"],
    ["minutes", 0],
    ["afterwards", []],
    ["recipients.0", "AGE-SECRET-KEY-1XYZ"],
    ["recipients.0", "ssh-ed25519 AAAA"],
    ["enabled", "yes"],
  ])("refuse %s: %j, by name", (key, value) => {
    const [section, field] = key.split(".") as [string, string?];
    const backups = { [section]: field === undefined ? value : section === "recipients" ? [value] : { [field]: value } };
    const error = errorOf(() => resolve({ backups }));
    expect([error.code, error.message]).toEqual(["config-invalid", expect.stringContaining(`${KEY}.backups.${key}: `)]);
    expect(error.remedy.length).toBeGreaterThan(10);
  });

  it("never show what may be a key", () => {
    for (const backups of [{ recipients: ["AGE-SECRET-KEY-1CANARY"] }, { afterwards: ["restic", 7, "--password=CANARY"] }, { afterwards: "CANARY" }]) expect(errorOf(() => resolve({ backups })).message).not.toContain("CANARY");
  });
});
