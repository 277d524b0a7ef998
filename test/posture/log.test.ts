import { describe, expect, it } from "vitest";
import { logFinding } from "../../src/posture/log.ts";
import { container } from "../fixtures/container.ts";
import { kernel } from "../fixtures/kernel.ts";

const UNSEEN = kernel({});

describe("the log of a sandbox", () => {
  it.each([
    ["podman", { driver: "k8s-file" }, true],
    ["podman", { driver: "k8s-file", limit: "10MB" }, false],
    ["podman", { driver: "journald" }, false],
    ["docker", { driver: "json-file" }, true],
    ["docker", { driver: "json-file", limit: "10m" }, false],
    ["docker", { driver: "local" }, false],
  ] as const)("%s: %j is a finding: %s", (engine, log, found) => {
    const finding = logFinding(engine, container({ log }), UNSEEN);
    expect(finding?.id).toBe(found ? "posture.log-unbounded" : undefined);
    if (finding) expect(finding.remedy).toContain(engine === "podman" ? "log_size_max" : "daemon.json");
  });

  it("is mended as Podman's where the command docker is Podman", () => {
    expect(logFinding("docker", container({ log: { driver: "k8s-file" }, staticDir: "/storage/c/userdata" }), UNSEEN)!.remedy).toContain("log_size_max");
  });

  const one = container({ log: { driver: "k8s-file" } });
  const conmon = (...words: readonly string[]) => kernel({ [`/proc/${one.pid}/status`]: "Name:\tpodman-init\nPPid:\t77\n", "/proc/77/cmdline": `${["/usr/bin/conmon", ...words].join("\0")}\0` });
  it.each<[string, readonly string[], boolean]>([
    ["with a limit", ["-c", one.id, "--log-size-max", "10485760"], false],
    ["without", ["-c", one.id], true],
    ["with none", ["-c", one.id, "--log-size-max", "-1"], true],
    ["of another container", ["-c", "f".repeat(64), "--log-size-max", "10485760"], true],
  ])("that is written by a conmon %s is a finding: %j", (_, words, found) => {
    expect(logFinding("podman", one, conmon(...words)) !== undefined).toBe(found);
  });
});
