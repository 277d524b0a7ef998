import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { exists } from "../../src/edge/files.ts";
import { privateFiles } from "../../src/edge/private-files.ts";
import type { ServiceManager } from "../../src/edge/service-manager.ts";
import { createServiceFlow, type ServiceEdges } from "../../src/flows/service.ts";
import { serviceEdges } from "../../src/host/service-edges.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { tempDir } from "../fixtures/temp.ts";

function world(overrides: Partial<ServiceEdges> = {}) {
  const home = tempDir();
  const unitFolder = join(home, ".config/systemd/user");
  const program = join(home, "fortress/bin/fortress.mjs");
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, "");
  const said: string[] = [];
  const state = { fails: "" };
  const manager = {
    async control(args: readonly string[]) {
      said.push(args.join(" "));
      const failed = state.fails !== "" && args[0] === state.fails;
      return { code: failed ? 1 : 0, stdout: "", stderr: failed ? "Failed to connect to bus" : "", timedOut: false, missing: false };
    },
    show: async (unit: string) => (unit.endsWith(".timer") ? "ActiveState=active\n" : "Result=success\nExecMainStatus=0\nExecMainExitTimestamp=Wed\n"),
  } as unknown as ServiceManager;
  const { read } = serviceEdges(home, home, home);
  const flow = createServiceFlow({
    surroundings: { node: "/usr/bin/node", program, stateDir: join(home, ".openclaw"), env: {}, profile: undefined },
    manager,
    unitFolder,
    read,
    exists,
    files: privateFiles,
    lingers: async () => true,
    userName: "op",
    ...overrides,
  });
  const unit = join(unitFolder, "openclaw-fortress-health.service");
  return { home, unitFolder, program, said, state, flow, unit };
}

it("shows what it would do and does nothing", async () => {
  const { flow, unitFolder, said, unit } = world();
  const report = await flow.install({ apply: false });
  expect(report).toMatchObject({ applied: false, notes: [] });
  expect(report.changes).toContainEqual({ path: unit, change: "write" });
  expect(report.commands).toEqual(["systemctl --user daemon-reload", expect.stringMatching(/^systemctl --user enable --now openclaw-fortress-health\.timer/)]);
  expect([existsSync(unitFolder), said]).toEqual([false, []]);
});

it("installs, again without a change, and removes exactly that", async () => {
  const { flow, unitFolder, said } = world();
  mkdirSync(unitFolder, { recursive: true });
  writeFileSync(join(unitFolder, "mine.service"), "");
  await flow.install({ apply: true });
  expect(await flow.status()).toMatchObject({ installed: true });
  const first = readdirSync(unitFolder).map((name) => [name, readFileSync(join(unitFolder, name), "utf8")]);
  expect((await flow.install({ apply: true })).changes.every(({ change }) => change === "keep")).toBe(true);
  expect(readdirSync(unitFolder).map((name) => [name, readFileSync(join(unitFolder, name), "utf8")])).toEqual(first);
  said.length = 0;
  await flow.uninstall({ apply: false });
  expect(said).toEqual([]);
  const { changes } = await flow.uninstall({ apply: true });
  expect(changes).toHaveLength(first.length - 1);
  expect(readdirSync(unitFolder)).toEqual(["mine.service"]);
  expect(said).toEqual([expect.stringMatching(/^disable --now openclaw-fortress-health\.timer/), "daemon-reload"]);
  expect(await flow.uninstall({ apply: true })).toMatchObject({ changes: [], commands: [] });
  expect(await flow.status()).toMatchObject({ installed: false });
});

it("brings its own files up to date", async () => {
  const first = world();
  await first.flow.install({ apply: true });
  const moved = createServiceFlow({ surroundings: { node: "/usr/local/bin/node", program: first.program, stateDir: join(first.home, ".openclaw"), env: {}, profile: undefined }, manager: { control: async () => ({ code: 0 }), show: async () => "" } as unknown as ServiceManager, unitFolder: first.unitFolder, read: (path) => readFileSync(path, "utf8"), exists, files: privateFiles, lingers: async () => true, userName: "op" });
  expect((await moved.status()).files).toContainEqual({ path: first.unit, state: "outdated" });
  expect((await moved.install({ apply: true })).changes).toContainEqual({ path: first.unit, change: "replace" });
  expect(readFileSync(first.unit, "utf8")).toContain("/usr/local/bin/node");
});

it.each<[string, (unit: string) => void, RegExp]>([
  ["somebody else's file", (unit) => writeFileSync(unit, "[Service]\n"), /is there already and is not fortress's/],
  ["a file of its own that was changed", (unit) => writeFileSync(unit, `${readFileSync(unit, "utf8")}Nice=0\n`), /was changed since fortress wrote it/],
  ["a link", (unit) => symlinkSync("/etc/passwd", unit), /is not fortress's/],
])("leaves alone %s", async (_, put, message) => {
  const { flow, unit, unitFolder, said } = world();
  if (message.source.includes("changed")) await flow.install({ apply: true });
  else mkdirSync(unitFolder, { recursive: true });
  put(unit);
  const before = readdirSync(unitFolder);
  said.length = 0;
  expect(await rejectionOf(flow.install({ apply: true }))).toMatchObject({ code: "service-refused", message: expect.stringMatching(message) as string });
  expect([readdirSync(unitFolder), said]).toEqual([before, []]);
  const { notes } = await flow.uninstall({ apply: true });
  expect(notes).toEqual([expect.stringMatching(/\.service stays: /)]);
  expect(readdirSync(unitFolder)).toEqual(["openclaw-fortress-health.service"]);
});

it("does nothing where there is no systemd, or no program", async () => {
  const none = world({ manager: undefined });
  expect(await rejectionOf(none.flow.install({ apply: true }))).toMatchObject({ code: "service-refused", remedy: expect.stringMatching(/service print --for launchd/) as string });
  expect(existsSync(none.unitFolder)).toBe(false);
  const gone = world({ exists: () => false });
  expect(await rejectionOf(gone.flow.install({ apply: true }))).toMatchObject({ message: expect.stringMatching(/fortress\.mjs is not there/) as string });
});

it.each<[boolean | undefined, string[]]>([
  [true, []],
  [false, ["Timers stop when op logs out. Run: loginctl enable-linger op"]],
  [undefined, ["It can't be seen whether timers stop when op logs out. Run: loginctl enable-linger op"]],
])("says what lingering %s means", async (lingers, notes) => {
  expect((await world({ lingers: async () => lingers }).flow.install({ apply: false })).notes).toEqual(notes);
});

it("says what systemd refused", async () => {
  const { flow, state } = world();
  state.fails = "enable";
  expect((await rejectionOf(flow.install({ apply: true }))).message).toMatch(/enable --now .* failed: Failed to connect to bus/);
});
