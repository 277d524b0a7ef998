import { describe, expect, it, vi } from "vitest";
import { createDescribe } from "../../src/edge/engine-text.ts";
import type { RunProcess } from "../../src/edge/process.ts";
import { rejectionOf } from "../fixtures/errors.ts";

const IMAGE = "ab".repeat(32);
const ok = (stdout: string) => ({ code: 0, stdout, stderr: "", timedOut: false, missing: false });

describe("what an engine tells", () => {
  it.each([`"Image": "${IMAGE}"`, `"Image": "sha256:${IMAGE}"`])("is of the container and of its image (%s)", async (image) => {
    const run = vi.fn<RunProcess>().mockResolvedValueOnce(ok(`{${image}, "Config": {"Image": "name"}}`)).mockResolvedValueOnce(ok("the image"));
    expect(await createDescribe(run).container("podman", "c0ffee")).toBe(`{${image}, "Config": {"Image": "name"}}\nthe image`);
    expect(run.mock.calls.map(([engine, args]) => [engine, ...args])).toEqual([["podman", "inspect", "--type", "container", "--", "c0ffee"], ["podman", "inspect", "--type", "image", "--", IMAGE]]);
  });

  it.each([
    ["fails", { code: 125, stdout: "", stderr: "canary", timedOut: false, missing: false }],
    ["is cut", { code: undefined, stdout: "canary", stderr: "", timedOut: false, missing: false }],
    ["names no image", ok("{}")],
  ])("is an error without its words when it %s", async (_, result) => {
    const error = await rejectionOf(createDescribe(async () => result).container("docker", "c0ffee"));
    expect(error.code).toBe("engine-failed");
    expect(error.message + error.remedy).not.toContain("canary");
  });

  it("is of an image by its name, which is no option", async () => {
    const run = vi.fn<RunProcess>().mockResolvedValue(ok("the image"));
    expect(await createDescribe(run).image("docker", "--help")).toBe("the image");
    expect(run.mock.lastCall?.slice(0, 2)).toEqual(["docker", ["inspect", "--type", "image", "--", "--help"]]);
  });

  it.each(["Error: a:1: image not known", "Error: No such image: a:1", "Error: no such object: a:1"])("is nothing of an image that is not there (%s)", async (stderr) => {
    expect(await createDescribe(async () => ({ ...ok("[]"), code: 1, stderr })).image("docker", "a:1")).toBeUndefined();
  });

  it.each([
    ["fails", { ...ok("canary"), code: 125, stderr: "canary: permission denied" }],
    ["does not answer", { ...ok(""), code: undefined, stderr: "image not known", timedOut: true }],
  ])("is an error, not an absence, when the engine %s", async (_, result) => {
    const error = await rejectionOf(createDescribe(async () => result).image("podman", "a:1"));
    expect(error).toMatchObject({ code: "engine-failed", message: "podman inspect of the image a:1 failed." });
    expect(error.message + error.remedy).not.toContain("canary");
  });
});
