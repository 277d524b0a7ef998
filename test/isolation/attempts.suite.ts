import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../src/isolation/catalog.ts";
import { WORDS } from "../../src/isolation/script.ts";
import { FAKED_CALLS } from "../support/counterparts.ts";

/** Into which other users may look, too. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "attempts-"));
  chmodSync(path, 0o755);
  return path;
}

export function attemptOf(id: string): string {
  const check = CATALOG.find((each) => each.id === id);
  if (check?.where !== "inside") throw new Error(`${id} is not tried inside`);
  return check.attempt;
}

/** One attempt in a shell of this machine. */
export function attempt(shell: readonly string[], script: string, env: Record<string, string> = {}): string {
  // Of no rights that root has and a sandbox's user lacks.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return execFileSync(shell[0]!, [...shell.slice(1), "-c", `${WORDS}\n${script}`], { ...user, cwd: "/", env: { PATH: process.env.PATH!, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** What attempts say in a shell of this machine, of which the sandbox's own may be another. */
export function describeAttempts(name: string, shell: readonly string[]): void {
  describe(`attempts in ${name}`, () => attempts((script, env) => attempt(shell, script, env)));
}

function attempts(attempt: (script: string, env?: Record<string, string>) => string): void {
  it.each(Object.entries(FAKED_CALLS))("%s fails where the kernel lets it through", (id, call) => {
    expect(attempt(attemptOf(id), { SYSCALLS: call })).toMatch(/^fail let through: /);
    expect(attempt(attemptOf(id), { SYSCALLS: call.replace(/=.*/, "=1") })).toBe("pass refused");
    expect(attempt(attemptOf(id), { SYSCALLS: call.replace(/=.*/, "=-1") })).toMatch(/^unknown /);
    expect(attempt(attemptOf(id), { SYSCALLS: "other=1" })).toMatch(/^na /);
    expect(attempt(attemptOf(id))).toMatch(/^unknown /);
  });

  it("know nothing where a search did not end", () => {
    expect(attempt(attemptOf("guide.no-secrets-env"), { FOUND: "@end 0" })).toBe("pass none");
    expect(attempt(attemptOf("guide.no-secrets-env"), { FOUND: "@end 124" })).toMatch(/^unknown /);
    expect(attempt(attemptOf("guide.no-secrets-env"), { FOUND: "/a b/secrets.env\n@end 124" })).toBe("fail /a b/secrets.env");
  });

  it.each([
    ["nc that refuses an option", "nc", "echo 'nc: invalid option' >&2; exit 1", 'dial 127.0.0.1 1', /^unknown /],
    ["nc that was refused", "nc", "echo 'nc: Connection refused' >&2; exit 1", 'dial 127.0.0.1 1', /^pass refused/],
    ["nc that was refused and says nothing", "nc", "exit 1", 'dial 127.0.0.1 1', /^pass refused/],
    ["nc that connected", "nc", "exit 0", 'dial 127.0.0.1 1', /^fail connected/],
    ["unshare that refuses an option", "unshare", "echo 'unshare: invalid option' >&2; exit 1", attemptOf("privilege.no-user-namespace"), /^unknown /],
    ["unshare that was refused", "unshare", "echo 'unshare: unshare failed: Operation not permitted' >&2; exit 1", attemptOf("privilege.no-user-namespace"), /^pass refused/],
    ["unshare that made one", "unshare", "exit 0", attemptOf("privilege.no-user-namespace"), /^fail made one/],
  ])("take of %s what it means", (_, program, does, script, answer) => {
    // A shell of busybox has these itself, and takes a function before.
    expect(attempt(`${program}() { ( ${does} ); }\ncommand() { case "$2" in python3) return 1;; esac; }\n${script}`)).toMatch(answer);
  });

  it.each([
    ["secrets.no-state", "state"],
    ["secrets.no-auth-profiles", "agents"],
  ])("know nothing of what is there and can't be looked into: %s", (id, name) => {
    const env = { STATE: folder() };
    const place = join(env.STATE, name);
    mkdirSync(place);
    chmodSync(place, 0o000);
    expect(attempt(attemptOf(id), env)).toBe(`unknown ${place} can't be listed`);
    chmodSync(place, 0o755);
    expect(attempt(attemptOf(id), env)).toBe("pass absent");
    mkdirSync(join(place, "main/agent"), { recursive: true });
    expect(attempt(attemptOf(id), env)).toMatch(/^fail /);
  });

  it("know no resolver where the file can't be read", () => {
    const file = join(folder(), "resolv.conf");
    writeFileSync(file, "nameserver 1.1.1.1", { mode: 0o000 });
    expect(attempt(attemptOf("network.no-resolver").replaceAll("/etc/resolv.conf", file))).toBe(`unknown ${file} can't be read`);
  });

  it.each([
    ["privilege.no-devices", "/dev"],
    ["privilege.kernel-settings", "/proc/sys"],
    ["filesystem.parents-stay", "/proc/self/mountinfo"],
    ["resource.orphans-reaped", "/proc"],
  ])("know nothing of %s where there is no %s", (id, place) => {
    expect(attempt(attemptOf(id).replaceAll(place, "/nonexistent"))).toMatch(/^unknown \S+ can't be/);
  });

  it.each([
    ["0", "fail read another command's"],
    ["1", "unknown the other command's environment was not there"],
    ["2", "pass refused"],
  ])("know by grep's answer %s whether another command's environment was read", (code, answer) => {
    expect(attempt(`grep() { return ${code}; }\n${attemptOf("secrets.environment-private")}`)).toBe(answer);
  });

  it("take what lies in the workspace for the agent's own", () => {
    const env = { OWN: "/workspace", HOME: "/home/agent" };
    expect(attempt(attemptOf("filesystem.no-sockets"), { ...env, FOUND: "/socket:/workspace/x\n/socket:/home/agent/y\n@end 0" })).toBe("pass none");
    expect(attempt(attemptOf("filesystem.no-sockets"), { ...env, FOUND: "/socket:/srv/x\n@end 0" })).toBe("fail /socket:/srv/x");
  });

  it("leave nothing behind", () => {
    const STATE = folder();
    const workspace = join(STATE, "workspace");
    mkdirSync(workspace);
    writeFileSync(join(workspace, "mine"), "x");
    for (const place of [STATE, workspace]) chmodSync(place, 0o777);
    const env = { STATE, OWN: workspace, WRITABLE: workspace, HOME: workspace };
    for (const id of ["guide.workspace-writable", "filesystem.home-holds-no-programs", "config.workspace-plugins-closed", "filesystem.no-device-nodes", "secrets.state-directory-closed"]) attempt(attemptOf(id), env);
    expect(execFileSync("find", [STATE], { encoding: "utf8" }).trim().split("\n").sort()).toEqual([STATE, workspace, join(workspace, "mine")]);
  });
}
