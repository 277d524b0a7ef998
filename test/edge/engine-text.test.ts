import { describe, expect, it, vi } from "vitest";
import { createDescribe } from "../../src/edge/engine-text.ts";
import type { RunProcess } from "../../src/edge/process.ts";
import { rejectionOf } from "../fixtures/errors.ts";

const IMAGE = "ab".repeat(32);
const ok = (stdout: string) => ({ code: 0, stdout, stderr: "", timedOut: false, missing: false });

describe("what an engine tells", () => {
  it.each([`"Image": "${IMAGE}"`, `"Image": "sha256:${IMAGE}"`])("is of the container and of its image (%s)", async (image) => {
    const run = vi.fn<RunProcess>().mockResolvedValueOnce(ok(`{${image}, "Config": {"Image": "name"}}`)).mockResolvedValueOnce(ok("the image"));
    expect(await createDescribe(run)("podman", "c0ffee")).toBe(`{${image}, "Config": {"Image": "name"}}\nthe image`);
    expect(run.mock.calls.map(([engine, args]) => [engine, ...args])).toEqual([["podman", "inspect", "--type", "container", "c0ffee"], ["podman", "inspect", "--type", "image", IMAGE]]);
  });

  it.each([
    ["fails", { code: 125, stdout: "", stderr: "canary", timedOut: false, missing: false }],
    ["is cut", { code: undefined, stdout: "canary", stderr: "", timedOut: false, missing: false }],
    ["names no image", ok("{}")],
  ])("is an error without its words when it %s", async (_, result) => {
    const error = await rejectionOf(createDescribe(async () => result)("docker", "c0ffee"));
    expect(error.code).toBe("engine-failed");
    expect(error.message + error.remedy).not.toContain("canary");
  });
});
