import { describe, expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { injectSecrets } from "../../src/secrets/inject.ts";
import { errorOf } from "../fixtures/errors.ts";

const secrets = new Map([
  ["ALPHA", new Secret("canary-1")],
  ["BETA", new Secret("canary 2\nwith a line break")],
]);

describe("an exec", () => {
  it.each([
    [["podman", "exec", "-i", "id", "sh", "-lc", "exec ls"], ["podman", "exec", "-e", "ALPHA", "-e", "BETA", "-i", "id", "sh", "-lc", "exec ls"]],
    [["/usr/bin/docker", "--context", "other", "exec", "id"], ["/usr/bin/docker", "--context", "other", "exec", "-e", "ALPHA", "-e", "BETA", "id"]],
    [["podman", "exec", "--env-file", "/f", "id"], ["podman", "exec", "-e", "ALPHA", "-e", "BETA", "--env-file", "/f", "id"]],
  ])("%j gets the names in argv and the values in its environment", (argv, expected) => {
    const call = { argv, env: { HOME: "/home/ada", ALPHA: "the gateway's own" } };
    const before = structuredClone(call);
    expect(injectSecrets(call, secrets)).toEqual({ argv: expected, env: { HOME: "/home/ada", ALPHA: "canary-1", BETA: "canary 2\nwith a line break" } });
    expect(call).toEqual(before);
  });

  it("shows no value in argv", () => {
    expect(injectSecrets({ argv: ["podman", "exec", "id"], env: {} }, secrets).argv.join(" ")).not.toContain("canary");
  });

  it("is as it was when there is nothing to give", () => {
    const call = { argv: ["podman", "exec", "id"], env: { HOME: "/h" } };
    expect(injectSecrets(call, new Map())).toEqual(call);
  });
});

it.each([[[]], [["podman"]], [["podman", "run", "id"]], [["exec", "id"]], [["podman", "--exec", "id"]]])("%j is not an exec and is refused", (argv) => {
  for (const some of [secrets, new Map<string, Secret>()]) {
    const error = errorOf(() => injectSecrets({ argv, env: {} }, some));
    expect(error.code).toBe("host-seam-changed");
    expect(error.message + error.remedy).not.toContain("canary");
  }
});
