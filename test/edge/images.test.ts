import { describe, expect, it } from "vitest";
import { createImages } from "../../src/edge/images.ts";
import type { ProcessResult } from "../../src/edge/process.ts";
import { rejectionOf } from "../fixtures/errors.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const C = "c".repeat(64);
const OK: ProcessResult = { code: 0, stdout: "", stderr: "", timedOut: false, missing: false };

function imagesWith(...results: Partial<ProcessResult>[]) {
  const calls: string[] = [];
  const images = createImages("podman", async (command, args) => {
    calls.push([command, ...args].join(" "));
    return { ...OK, ...results[calls.length - 1] };
  });
  return { images, calls };
}

describe("the list", () => {
  it("is what both engines say, each in its own way", async () => {
    const { images, calls } = imagesWith({ stdout: `sha256:${A}\n${B}\n${A}\n` }, { stdout: JSON.stringify([
      { Id: `sha256:${A}`, RepoTags: ["x:1"], RepoDigests: ["x@sha256:1"], RootFS: { Layers: ["sha256:l1"] } },
      { Id: B, RepoTags: [], RepoDigests: ["y@sha256:2"], RootFS: { Layers: null } },
      { Id: C, RepoTags: ["<none>:<none>"], RepoDigests: null, RootFS: {} },
    ]) });
    expect(await images.list()).toEqual([
      { id: A, names: ["x:1", "x@sha256:1"], layers: ["sha256:l1"] },
      { id: B, names: [], layers: [] },
      { id: C, names: [], layers: [] },
    ]);
    expect(calls).toEqual(["podman images -q --no-trunc", `podman image inspect ${A} ${B}`]);
  });

  it("leaves out what vanished, and is empty without a question where there is none", async () => {
    const gone = imagesWith({ stdout: A }, { code: 125, stdout: "[]", stderr: `Error: no such object: "${A}"` });
    expect(await gone.images.list()).toEqual([]);
    const none = imagesWith({});
    expect([await none.images.list(), none.calls.length]).toEqual([[], 1]);
  });

  it.each<[string, Partial<ProcessResult>[], string, string]>([
    ["fails", [{ code: 125, stderr: "no space" }], "engine-failed", "podman images failed: no space"],
    ["does not end", [{ timedOut: true, code: undefined }], "engine-failed", "podman images did not answer within 30 s."],
    ["is not there", [{ missing: true, code: undefined }], "engine-missing", "podman is not installed."],
    ["says something else", [{ stdout: A }, { stdout: "[{}]" }], "engine-failed", "podman image inspect gave an answer that fortress does not understand."],
  ])("is an error where the engine %s", async (_, results, code, message) => {
    expect(await rejectionOf(imagesWith(...results).images.list())).toMatchObject({ code, message });
  });
});

it("knows which container was made from which image", async () => {
  const { images, calls } = imagesWith({ stdout: `${A}\n${B}\n` }, { stdout: JSON.stringify([{ Id: A, Image: `sha256:${C}` }, { Id: B, Image: C }]) });
  expect([...(await images.usedBy())]).toEqual([[A, C], [B, C]]);
  expect(calls[0]).toBe("podman ps -a -q --no-trunc");
});

describe("removing", () => {
  it.each<[string, readonly string[], string]>([
    ["by its id", ["x:1", "x@sha256:1"], `podman rmi ${A}`],
    ["one without a name", [], `podman rmi ${A}`],
    ["by all of its names", ["x:1", "y:2", "x@sha256:1"], "podman rmi x:1 y:2"],
  ])("is done without force: %s", async (_, names, call) => {
    const { images, calls } = imagesWith({});
    expect([await images.remove({ id: A, names, layers: [] }), calls]).toEqual([true, [call]]);
  });

  it.each<[string, string, boolean | undefined]>([
    ["podman: in use", "Error: image used by 1b2: image is in use by a container: consider listing external containers and force-removing image", false],
    ["docker: in use", "conflict: unable to delete aaaa (cannot be forced) - image is being used by running container 1b2", false],
    ["docker: has children", "conflict: unable to delete aaaa (cannot be forced) - image has dependent child images", false],
    ["gone already", "Error: aaaa: image not known", true],
    ["anything else", "Error: storage is damaged", undefined],
  ])("says what came of it: %s", async (_, stderr, removed) => {
    const done = imagesWith({ code: 2, stderr }).images.remove({ id: A, names: [], layers: [] });
    if (removed === undefined) expect((await rejectionOf(done)).message).toBe("podman rmi failed: Error: storage is damaged");
    else expect(await done).toBe(removed);
  });
});
