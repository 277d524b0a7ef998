import { describe, expect, it } from "vitest";
import { type ImageFacts, planImages } from "../../src/maintenance/images.ts";
import type { ImageMemory } from "../../src/model/maintenance.ts";
import type { Image } from "../../src/model/sandbox.ts";

const NOW = new Date("2026-05-31T00:00:00Z");
const LONG_AGO = "2026-04-01T00:00:00.000Z";
const image = (id: string, names: readonly string[], layers: readonly string[] = [id]): Image => ({ id, names, layers });
const unused = (id: string, ours = false, since = LONG_AGO): ImageMemory => ({ engine: "podman", id, ours, unusedSince: since });
const plan = (facts: Partial<ImageFacts>) => planImages({ engine: "podman", images: [], used: new Set(), ours: new Set(), configured: [], memory: [], days: 30, now: NOW, ...facts });
const removed = (facts: Partial<ImageFacts>): string[] => plan(facts).remove.map(({ image }) => image.id);

describe("an image of sandboxes that nothing uses", () => {
  it.each(["openclaw-sandbox:bookworm-slim", "localhost/openclaw-sandbox-common:1", "registry.example:5000/ops/openclaw-sandbox-browser:x"])("goes after the days, and not before: %s", (name) => {
    const first = plan({ images: [image("a", [name])] });
    expect(first).toEqual({ remove: [], memory: [unused("a", false, NOW.toISOString())] });
    expect(removed({ images: [image("a", [name])], memory: [unused("a", false, "2026-05-02T00:00:00.000Z")] })).toEqual([]);
    expect(plan({ images: [image("a", [name])], memory: [unused("a")] }).remove).toEqual([{ image: image("a", [name]), because: "nothing uses it since 2026-04-01, and OpenClaw's configuration does not name it" }]);
  });

  it("whose name a newer build took goes only where a sandbox of this gateway was made from it", () => {
    expect(removed({ images: [image("a", []), image("b", [])], memory: [unused("a", true), unused("b")] })).toEqual(["a"]);
  });

  it("counts from anew when it was used meanwhile", () => {
    const { memory } = plan({ images: [image("a", ["openclaw-sandbox:1"])], used: new Set(["a"]), memory: [unused("a")] });
    expect(memory).toEqual([{ engine: "podman", id: "a", ours: false }]);
    expect(removed({ images: [image("a", ["openclaw-sandbox:1"])], memory })).toEqual([]);
  });

  it("counts from anew when it is unused since tomorrow", () => {
    expect(plan({ images: [image("a", ["openclaw-sandbox:1"])], memory: [unused("a", false, "2027-01-01T00:00:00.000Z")] }).memory).toEqual([unused("a", false, NOW.toISOString())]);
  });
});

describe("what stays", () => {
  it.each<[string, Partial<ImageFacts>]>([
    ["an image of somebody else, whatever it is called besides", { images: [image("a", ["debian:12"]), image("b", ["my-openclaw-sandbox:1"]), image("c", ["openclaw-sandboxes:1"]), image("d", ["openclaw-sandbox:1", "mine:1"])], memory: ["a", "b", "c", "d"].map((id) => unused(id)) }],
    ["an operator's own image that sandboxes were made from", { images: [image("a", ["debian:12"])], memory: [unused("a", true)] }],
    ["an image of some container", { images: [image("a", ["openclaw-sandbox:1"])], used: new Set(["a"]), memory: [unused("a")] }],
    ["an image that the configuration names", { images: [image("a", ["localhost/openclaw-sandbox:bookworm-slim"])], configured: ["openclaw-sandbox:bookworm-slim"], memory: [unused("a")] }],
    ["one that it names without a tag", { images: [image("a", ["docker.io/library/openclaw-sandbox:latest"])], configured: ["openclaw-sandbox"], memory: [unused("a")] }],
    ["one that it names by digest", { images: [image("a", ["localhost/openclaw-sandbox:1", "localhost/openclaw-sandbox@sha256:12"])], configured: ["openclaw-sandbox@sha256:12"], memory: [unused("a")] }],
    ["what one in use was made from", { images: [image("a", ["openclaw-sandbox:1"], ["l1"]), image("b", ["mine:1"], ["l1", "l2"])], used: new Set(["b"]), memory: [unused("a")] }],
    ["an image of the other engine's", { images: [image("a", [])], memory: [{ ...unused("a", true), engine: "docker" }] }],
  ])("%s", (_, facts) => {
    expect(removed(facts)).toEqual([]);
  });

  it("is not more than that: one with the same layers, or with others, goes", () => {
    const memory = [unused("a")];
    expect(removed({ images: [image("a", ["openclaw-sandbox:1"], ["l1", "l2"]), image("b", ["mine:1"], ["l1", "l3", "l4"])], used: new Set(["b"]), memory })).toEqual(["a"]);
    expect(removed({ images: [image("a", ["openclaw-sandbox:1"], ["l1"]), image("b", ["mine:1"], ["l1"])], used: new Set(["b"]), memory })).toEqual(["a"]);
    expect(removed({ images: [image("a", ["openclaw-sandbox:1"], []), image("b", ["mine:1"], ["l1"])], used: new Set(["b"]), memory })).toEqual(["a"]);
  });
});

it("remembers which images sandboxes were made from, and forgets those that are gone", () => {
  const { memory } = plan({ images: [image("a", ["debian:12"]), image("b", ["other:1"])], used: new Set(["a", "b"]), ours: new Set(["a"]), memory: [unused("gone", true)] });
  expect(memory).toEqual([{ engine: "podman", id: "a", ours: true }]);
});
