import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { privateFiles } from "../../src/edge/private-files.ts";
import { errorOf } from "../fixtures/errors.ts";
import { secretWorld } from "../fixtures/world.ts";

const CANARY = "canary-17";
const APPLY = { apply: true, systemdDropIn: false };
const UNIT = ".config/systemd/user/openclaw-gateway.service";
const DROP_IN = `${UNIT}.d/secrets.conf`;
const mode = (path: string): number => statSync(path).mode & 0o777;

describe("a dry run", () => {
  it("says every step and does none", () => {
    const { fortress, home, store } = secretWorld(undefined);
    home.write(UNIT, "[Service]\n");
    home.write(".openclaw/secrets.env", `A=${CANARY}\n`);
    const report = fortress.secrets.migrate({ apply: false, systemdDropIn: true });
    expect(report.steps).toEqual([`make ${home.secretsDir} (mode 0700)`, `add A to ${store} (mode 0600)`, "read the store back and compare every value", `write ${home.path(DROP_IN)}`, `remove ${home.path(".openclaw/secrets.env")}`]);
    expect(report).toMatchObject({ applied: false, moved: ["A"] });
    expect(JSON.stringify(report)).not.toContain(CANARY);
    expect(existsSync(home.secretsDir)).toBe(false);
    expect(readFileSync(home.path(".openclaw/secrets.env"), "utf8")).toBe(`A=${CANARY}\n`);
  });

  it("finds nothing to do where nothing is", () => {
    expect(secretWorld(undefined).fortress.secrets.migrate(APPLY).steps).toEqual([]);
    expect(secretWorld("A=1\n").fortress.secrets.migrate(APPLY).steps).toEqual([]);
  });
});

describe("a move", () => {
  it("brings everything to the store, with the permissions it needs, and takes the originals away", () => {
    const { fortress, home, store } = secretWorld(undefined);
    home.write(".openclaw/secrets.env", `export A='${CANARY}'\r\n`);
    home.write(".openclaw/.env", "B=\"two\\nlines\"\n");
    const report = fortress.secrets.migrate(APPLY);
    expect(report.notes).toEqual([expect.stringContaining("run this with --systemd-drop-in") as string]);
    expect(readFileSync(store, "utf8")).toBe(`A="${CANARY}"\nB="two\\nlines"\n`);
    expect([mode(home.secretsDir), mode(store)]).toEqual([0o700, 0o600]);
    for (const name of ["secrets.env", ".env"]) expect(existsSync(home.path(`.openclaw/${name}`))).toBe(false);
    expect(existsSync(`${store}.new`)).toBe(false);
    expect([...fortress.secrets.overview().entries].map(({ name }) => name)).toEqual(["A", "B"]);
    expect(fortress.secrets.migrate(APPLY).steps).toEqual([]);
  });

  it("mends the permissions of a store that is there", () => {
    const { fortress, home, store } = secretWorld("A=1\n");
    chmodSync(home.secretsDir, 0o755);
    chmodSync(store, 0o644);
    expect(fortress.secrets.migrate(APPLY).steps).toHaveLength(2);
    expect([mode(home.secretsDir), mode(store)]).toEqual([0o700, 0o600]);
  });

  it("writes the drop-in on request, once, and never over somebody else's", () => {
    const { fortress, home } = secretWorld("A=1\n");
    home.write(UNIT, "[Service]\n");
    const request = { apply: true, systemdDropIn: true };
    const path = home.path(DROP_IN);
    expect(fortress.secrets.migrate(request)).toMatchObject({ steps: [`write ${path}`], notes: [expect.stringContaining("daemon-reload") as string] });
    expect(readFileSync(path, "utf8")).toContain("[Service]\nEnvironmentFile=%h/.config/openclaw-secrets/secrets.env\n");
    expect(fortress.secrets.migrate(request).steps).toEqual([]);

    // The original guide's own file says the same.
    writeFileSync(path, "# ~/.config/systemd\n[Service]\nEnvironmentFile=%h/.config/openclaw-secrets/secrets.env\n");
    expect(fortress.secrets.migrate(request).steps).toEqual([]);

    writeFileSync(path, "# Written by openclaw fortress secrets migrate.\n[Service]\nEnvironmentFile=/old\n");
    expect(fortress.secrets.migrate(request).steps).toEqual([`write ${path}`]);

    writeFileSync(path, "[Service]\nEnvironment=X=1\n");
    home.write(".openclaw/secrets.env", "B=1\n");
    expect(errorOf(() => fortress.secrets.migrate(request))).toMatchObject({ code: "secrets-migration-refused", remedy: expect.stringContaining("EnvironmentFile=%h") as string });
    expect(readFileSync(path, "utf8")).toBe("[Service]\nEnvironment=X=1\n");
    expect(existsSync(home.path(".openclaw/secrets.env"))).toBe(true);
  });
});

it("writes no drop-in before OpenClaw's unit, which could not be installed then, and moves nothing", () => {
  const { fortress, home, store } = secretWorld(undefined);
  home.write(".openclaw/secrets.env", "B=1\n");
  expect(errorOf(() => fortress.secrets.migrate({ apply: true, systemdDropIn: true }))).toMatchObject({ code: "secrets-migration-refused", message: expect.stringContaining(home.path(UNIT)) as string, remedy: expect.stringContaining("openclaw gateway install") as string });
  expect([existsSync(home.path(DROP_IN)), existsSync(store), existsSync(home.path(".openclaw/secrets.env"))]).toEqual([false, false, true]);
});

describe("a .env that configures the gateway, too,", () => {
  const TEXT = `# by the set-up\nOPENCLAW_GATEWAY_TOKEN=${CANARY}\nB=1\nexport C='2'\n`;
  const REST = `# by the set-up\nOPENCLAW_GATEWAY_TOKEN=${CANARY}\n`;

  it("gives its secrets, keeps the rest as it is, and is then left alone", () => {
    const { fortress, home, store } = secretWorld(undefined);
    const path = home.path(".openclaw/.env");
    home.write(".openclaw/secrets.env", "A=1\n");
    home.write(".openclaw/.env", TEXT);
    chmodSync(path, 0o644);
    const dry = fortress.secrets.migrate({ apply: false, systemdDropIn: false });
    expect(dry.steps.slice(-2)).toEqual([`remove ${home.path(".openclaw/secrets.env")}`, `take B, C out of ${path}`]);
    expect(dry.notes).toContain(`${path} keeps OPENCLAW_GATEWAY_TOKEN: what configures OpenClaw or changes what programs run is no agent's secret.`);
    expect(readFileSync(path, "utf8")).toBe(TEXT);
    const done = fortress.secrets.migrate(APPLY);
    expect(done).toMatchObject({ steps: dry.steps, notes: dry.notes, moved: ["A", "B", "C"] });
    expect(JSON.stringify([dry, done])).not.toContain(CANARY);
    expect(readFileSync(store, "utf8")).toBe('A="1"\nB="1"\nC="2"\n');
    expect([readFileSync(path, "utf8"), mode(path), existsSync(`${path}.new`)]).toEqual([REST, 0o600, false]);
    expect(fortress.secrets.migrate(APPLY)).toMatchObject({ steps: [], notes: [expect.stringContaining("keeps OPENCLAW_GATEWAY_TOKEN") as string] });
    expect(readFileSync(path, "utf8")).toBe(REST);
  });

  it("is left whole until the store gave everything back, and where it changed meanwhile", () => {
    const broken = secretWorld("A=1\n", {}, { privateFiles: { ...privateFiles, replace: (path) => privateFiles.replace(path, "A=1\nB=half", { exclusive: false }) } });
    broken.home.write(".openclaw/.env", TEXT);
    expect(errorOf(() => broken.fortress.secrets.migrate(APPLY)).message).toBe("the store does not give back B, C.");
    expect(readFileSync(broken.home.path(".openclaw/.env"), "utf8")).toBe(TEXT);

    const busy = secretWorld("A=1\n", {}, { privateFiles: { ...privateFiles, replace: (path, text, options) => (privateFiles.replace(path, text, options), busy.home.write(".openclaw/.env", `${TEXT}D=new\n`)) } });
    busy.home.write(".openclaw/.env", TEXT);
    expect(errorOf(() => busy.fortress.secrets.migrate(APPLY)).message).toContain("changed meanwhile and was left");
    expect(readFileSync(busy.home.path(".openclaw/.env"), "utf8")).toBe(`${TEXT}D=new\n`);
  });

  it("is not the only one: others are named, and stay", () => {
    const { fortress, home, store } = secretWorld("A=1\n");
    for (const name of ["prod.env", ".env.local", "secrets.env.bak", "environment.json"]) home.write(`.openclaw/${name}`, `X=${CANARY}\n`);
    expect(fortress.secrets.migrate(APPLY).notes).toEqual([`Not moved: ${[".env.local", "prod.env", "secrets.env.bak"].map((name) => home.path(`.openclaw/${name}`)).join(", ")}. If one holds secrets, put them into ${store} by hand and remove it.`]);
    expect(existsSync(home.path(".openclaw/prod.env"))).toBe(true);
  });
});

describe("a move is refused, with nothing changed,", () => {
  it.each<[string, (world: ReturnType<typeof secretWorld>) => void, string, RegExp]>([
    ["where two values of one name meet", ({ home }) => home.write(".openclaw/secrets.env", `A=${CANARY}\n`), "secrets-migration-refused", /another value already: A \(/],
    ["where an original breaks the grammar", ({ home }) => home.write(".openclaw/secrets.env", `PATH=${CANARY}\n`), "secrets-file-invalid", /\.env: line 1: PATH/],
    ["where OpenClaw and the store would read a value differently", ({ home }) => (home.write(".openclaw/secrets.env", "C=1\n"), home.write(".openclaw/.env", `B=${CANARY} # prod\n`)), "secrets-file-invalid", /\.env: line 1: the value of B can be read in two ways/],
    ["where an original is a link", ({ home }) => home.link(".openclaw/secrets.env", "elsewhere"), "secrets-migration-refused", /is a link or not a regular file/],
    ["where an original is a directory", ({ home }) => home.mkdir(".openclaw/.env"), "secrets-migration-refused", /is a link or not a regular file/],
    ["where the store is a link", ({ home, store }) => (home.write("other", "B=1"), home.remove(store), symlinkSync(home.path("other"), store)), "secrets-migration-refused", /is a link/],
    ["while another run is at work", ({ home, store }) => (home.write(".openclaw/secrets.env", "B=1\n"), writeFileSync(`${store}.new`, "")), "secrets-migration-refused", /\.new came into being/],
  ])("%s", (_, spoil, code, message) => {
    const world = secretWorld("A=1\n");
    spoil(world);
    const error = errorOf(() => world.fortress.secrets.migrate(APPLY));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.message + error.remedy).not.toContain(CANARY);
    expect(readFileSync(world.store, "utf8")).toMatch(/^(A|B)=1\n?$/);
  });

  it("and keeps the originals when the store does not give back what was put into it", () => {
    const { fortress, home } = secretWorld("A=1\n", {}, { privateFiles: { ...privateFiles, replace: (path) => privateFiles.replace(path, "A=1\nB=half", { exclusive: false }) } });
    home.write(".openclaw/secrets.env", "B=half-and-more\n");
    expect(errorOf(() => fortress.secrets.migrate(APPLY)).message).toBe("the store does not give back B.");
    expect(existsSync(home.path(".openclaw/secrets.env"))).toBe(true);
  });

  it("and keeps an original that changed meanwhile", () => {
    const world = secretWorld("A=1\n", {}, { privateFiles: { ...privateFiles, replace: (path, text, options) => (privateFiles.replace(path, text, options), world.home.write(".openclaw/secrets.env", "B=1\nC=new\n")) } });
    world.home.write(".openclaw/secrets.env", "B=1\n");
    expect(errorOf(() => world.fortress.secrets.migrate(APPLY)).message).toContain("changed meanwhile and was left");
    expect(readFileSync(world.home.path(".openclaw/secrets.env"), "utf8")).toContain("C=new");
  });

  it("when nothing can be written, leaving no draft", () => {
    const { fortress, home, store } = secretWorld("A=1\n", {}, { privateFiles: { ...privateFiles, replace: () => { throw Object.assign(new Error("no space"), { code: "ENOSPC" }); } } });
    home.write(".openclaw/secrets.env", "B=1\n");
    expect(errorOf(() => fortress.secrets.migrate(APPLY)).message).toBe(`${store} could not be written (ENOSPC).`);
    expect(existsSync(home.path(".openclaw/secrets.env"))).toBe(true);
  });
});

describe("the file writer", () => {
  it("replaces a file whole, or not at all", () => {
    const { home, store } = secretWorld("A=1\n");
    privateFiles.replace(store, "B=2\n", { exclusive: false });
    expect(readFileSync(store, "utf8")).toBe("B=2\n");
    expect(() => privateFiles.replace(store, "C=3\n", { exclusive: true })).toThrow("EEXIST");
    expect(readFileSync(store, "utf8")).toBe("B=2\n");
    expect(existsSync(`${store}.new`)).toBe(false);
    mkdirSync(join(home.dir, "folder/full"), { recursive: true });
    expect(() => privateFiles.replace(join(home.dir, "folder"), "x", { exclusive: false })).toThrow();
    expect(existsSync(join(home.dir, "folder.new"))).toBe(false);
  });
});
