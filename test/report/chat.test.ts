import { describe, expect, it } from "vitest";
import type { SandboxReport, Verdict } from "../../src/model/report.ts";
import { renderChat } from "../../src/report/chat.ts";
import { POSTURE, report, SANDBOX } from "../fixtures/report.ts";

describe("the posture", () => {
  const line = (posture: SandboxReport["posture"]): string | undefined =>
    renderChat(report({ sandboxes: [{ ...SANDBOX, posture }] })).split("\n").find((each) => each.includes("posture"));

  it("is one line", () => {
    expect(line(POSTURE)).toBe("  posture     uid 65532, seccomp, no new privileges, no capabilities, network none, no core dumps, in memory /tmp 1 GiB /run unlimited");
  });

  it("says what is open", () => {
    expect(line({ ...POSTURE, uid: 0, seccomp: 0, noNewPrivs: false, capabilities: true, core: Infinity, interfaces: ["eth0"], tmpfs: [] })).toBe(
      "  posture     uid 0, no seccomp, new privileges, capabilities, network eth0, core dumps, in memory nothing",
    );
  });

  it("says what is not known, and is not there where nothing was seen", () => {
    const nothing = { uid: undefined, seccomp: undefined, noNewPrivs: undefined, capabilities: undefined, core: undefined, openFiles: undefined, interfaces: undefined, tmpfs: undefined };
    expect(line(nothing)).toBe("  posture     uid unknown, seccomp unknown, new privileges unknown, capabilities unknown, network unknown, core dumps unknown, in memory unknown");
    expect(line(undefined)).toBeUndefined();
  });
});

describe("the text", () => {
  it("without a sandbox", () => {
    expect(renderChat(report())).toMatchInlineSnapshot(`
      "fortress: HARDENED: everything that was looked at holds.
      No sandbox exists at the moment; each one is hardened when an agent's turn creates it."
    `);
  });

  it("names what each agent is granted, also where no sandbox exists", () => {
    const text = renderChat(report({ grants: [{ agentId: "main", secrets: ["A_KEY", "B_KEY"] }, { agentId: "ops", secrets: [] }] }));
    expect(text.split("\n").slice(-3)).toEqual(["secrets granted", "  main: A_KEY, B_KEY", "  ops: none"]);
  });

  it("with everything in it", () => {
    const text = renderChat(
      report({
        verdict: "exposed",
        findings: [
          { id: "a", severity: "critical", detail: "Agent main is not sandboxed.", remedy: "Sandbox it." },
          { id: "b", severity: "warn", detail: "Something is odd.", remedy: "Look at it." },
          { id: "c", severity: "info", detail: "A bind is not used.", remedy: "Remove it." },
        ],
        sandboxes: [SANDBOX, { ...SANDBOX, name: "shared", engine: "docker", agentId: undefined, mounts: undefined, limits: [], clipped: [], secrets: [] }, { ...SANDBOX, name: "old", running: false }],
      }),
    );
    expect(text).toMatchInlineSnapshot(`
      "fortress: EXPOSED: something critical does not hold.
      ✗ Agent main is not sandboxed.
        → Sandbox it.
      ! Something is odd.
        → Look at it.
      · A bind is not used.
        → Remove it.

      openclaw-sbx-main (podman, agent main, running)
        mounts rw  1: /agent-workspace
        mounts ro  2: /home/ada/.openclaw/logs, /home/ada/.openclaw/cron
        memory      8 GiB (wanted 8 GiB)
        memory+swap unlimited (wanted 8 GiB)
        CPUs        2 (wanted 2)
        PIDs        unknown (wanted 512)
        disk        1.5 GiB in 4021 files, log 1 MiB
        note        4 CPUs clipped to 2 CPUs: the machine has no more CPUs
        secrets     GITHUB_TOKEN, MAIL_KEY

      shared (docker, shared, running)
        mounts rw  unknown
        mounts ro  unknown
        disk        1.5 GiB in 4021 files, log 1 MiB
        secrets     none

      old (podman, agent main, stopped)"
    `);
  });
});

it.each<[Verdict, string]>([
  ["hardened", "HARDENED"],
  ["attention", "ATTENTION"],
  ["exposed", "EXPOSED"],
  ["unknown", "UNKNOWN"],
])("says %s first", (verdict, word) => {
  expect(renderChat(report({ verdict })).startsWith(`fortress: ${word}: `)).toBe(true);
});

it.each([
  ["a line break", "a\nfortress: HARDENED", "a fortress: HARDENED"],
  ["CRLF", "a\r\nb", "a  b"],
  ["a line separator", "a\u2028b\u2029c", "a b c"],
  ["a tab", "a\tb", "a b"],
  ["an escape sequence", "\u001b[31mred\u009b0m", "?[31mred?0m"],
  ["NUL, DEL and backspace", "a\0b\u007fc\u0008", "a?b?c?"],
  ["bidirectional controls", "a\u202eb\u2066c\u200fd\u061ce", "a?b?c?d?e"],
  ["invisible characters", "a\u200bb\u00adc", "a?b?c"],
  ["what is harmless", "ünï · 日本 🦞", "ünï · 日本 🦞"],
])("makes %s inert", (_, hostile, shown) => {
  const text = renderChat(
    report({
      findings: [{ id: "x", severity: "info", detail: hostile, remedy: hostile }],
      sandboxes: [{ ...SANDBOX, name: hostile, mounts: [{ target: hostile, mode: "rw" }], secrets: [hostile] }],
    }),
  );
  expect(text.split("\n")).toEqual(expect.arrayContaining([`· ${shown}`, `  → ${shown}`, `${shown} (podman, agent main, running)`, `  mounts rw  1: ${shown}`, `  secrets     ${shown}`]));
});
