import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../src/isolation/catalog.ts";
import { WORDS } from "../../src/isolation/script.ts";
import { FAKED_CALLS } from "../support/counterparts.ts";

export function attemptOf(id: string): string {
  const check = CATALOG.find((each) => each.id === id);
  if (check?.where !== "inside") throw new Error(`${id} is not tried inside`);
  return check.attempt;
}

/** One attempt in a shell of this machine. */
export function attempt(shell: readonly string[], script: string, env: Record<string, string> = {}): string {
  return execFileSync(shell[0]!, [...shell.slice(1), "-c", `${WORDS}\n${script}`], { env: { PATH: process.env.PATH!, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
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

  it("take what lies in the workspace for the agent's own", () => {
    const env = { OWN: "/workspace", HOME: "/home/agent" };
    expect(attempt(attemptOf("filesystem.no-sockets"), { ...env, FOUND: "/socket:/workspace/x\n/socket:/home/agent/y\n@end 0" })).toBe("pass none");
    expect(attempt(attemptOf("filesystem.no-sockets"), { ...env, FOUND: "/socket:/srv/x\n@end 0" })).toBe("fail /socket:/srv/x");
  });

  it("leave nothing behind", () => {
    const folder = mkdtempSync(join(tmpdir(), "attempts-"));
    mkdirSync(join(folder, "workspace"));
    writeFileSync(join(folder, "workspace/mine"), "x");
    const env = { STATE: folder, OWN: join(folder, "workspace"), WRITABLE: join(folder, "workspace"), HOME: join(folder, "workspace") };
    for (const id of ["guide.workspace-writable", "filesystem.home-holds-no-programs", "config.workspace-plugins-closed", "filesystem.no-device-nodes", "secrets.state-directory-closed"]) attempt(attemptOf(id), env);
    expect(execFileSync("find", [folder], { encoding: "utf8" }).trim().split("\n").sort()).toEqual([folder, join(folder, "workspace"), join(folder, "workspace/mine")]);
  });
}
