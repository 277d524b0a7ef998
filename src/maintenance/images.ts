import type { ImageMemory } from "../model/maintenance.ts";
import type { EngineId, Image } from "../model/sandbox.ts";

const DAY = 86_400_000;
const MAX_REMEMBERED = 500;
/** As the scripts of OpenClaw call what they build, and people what they build from that. */
const SANDBOX_NAME = /^openclaw-sandbox([-_.][a-z0-9._-]*)?$/;

export interface ImageFacts {
  readonly engine: EngineId;
  readonly images: readonly Image[];
  /** Ids of the images of all containers of the engine, whoever's they are. */
  readonly used: ReadonlySet<string>;
  /** Ids of the images of this gateway's sandboxes. */
  readonly ours: ReadonlySet<string>;
  /** As OpenClaw's configuration names them. */
  readonly configured: readonly string[];
  readonly memory: readonly ImageMemory[];
  readonly days: number;
  readonly now: Date;
}

export interface ImagePlan {
  readonly remove: readonly { readonly image: Image; readonly because: string }[];
  /** What to remember of this engine's images for the next time. */
  readonly memory: readonly ImageMemory[];
}

/**
 * Which images of sandboxes are left over. Images carry no label of OpenClaw's: one is taken for a
 * sandbox's only by all of its names, or, where a newer build took its name, because a sandbox of
 * this gateway was made from it. What a container, the configuration or a newer image builds on stays.
 */
export function planImages({ engine, images, used, ours, configured, memory, days, now }: ImageFacts): ImagePlan {
  const remembered = new Map(memory.filter((each) => each.engine === engine).map((each) => [each.id, each]));
  const named = new Set(configured.map(normalise));
  const inUse = images.filter(({ id, names }) => used.has(id) || names.some((name) => named.has(normalise(name))));
  const isNeeded = (image: Image): boolean => inUse.some((other) => other.id === image.id || isBaseOf(image, other));

  const remove: ImagePlan["remove"][number][] = [];
  const next: ImageMemory[] = [];
  for (const image of images) {
    const { id, names } = image;
    const before = remembered.get(id);
    const isOurs = before?.ours === true || ours.has(id) || names.some((name) => named.has(normalise(name)));
    const isSandboxImage = names.length === 0 ? isOurs : names.every((name) => SANDBOX_NAME.test(repositoryOf(name)));
    if (!isOurs && !isSandboxImage) continue;
    if (isNeeded(image)) {
      next.push({ engine, id, ours: isOurs });
      continue;
    }
    const unusedSince = before?.unusedSince !== undefined && Date.parse(before.unusedSince) <= now.getTime() ? before.unusedSince : now.toISOString();
    next.push({ engine, id, ours: isOurs, unusedSince });
    if (isSandboxImage && now.getTime() - Date.parse(unusedSince) >= days * DAY) remove.push({ image, because: `nothing uses it since ${unusedSince.slice(0, 10)}, and OpenClaw's configuration does not name it` });
  }
  return { remove, memory: next.slice(0, MAX_REMEMBERED) };
}

/** True when the other one has all of its layers, and more. */
function isBaseOf({ layers }: Image, other: Image): boolean {
  return layers.length > 0 && layers.length < other.layers.length && layers.every((layer, index) => other.layers[index] === layer);
}

/** One name for what engines write in several ways: `localhost/a:latest`, `docker.io/library/a`, `a`. */
function normalise(name: string): string {
  const short = name.replace(/^(localhost|docker\.io\/library|docker\.io)\//, "");
  return /[:@][^/]*$/.test(short) ? short : `${short}:latest`;
}

/** `openclaw-sandbox` of `localhost/openclaw-sandbox:bookworm-slim`. */
function repositoryOf(name: string): string {
  return name.replace(/^.*\//, "").replace(/[:@].*$/, "");
}
