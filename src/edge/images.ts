import { FortressError } from "../model/errors.ts";
import type { EngineId, Image } from "../model/sandbox.ts";
import type { ProcessResult, RunProcess } from "./process.ts";

/** The images of one engine. Every call ends within its deadline. */
export interface Images {
  /** Those that have a name, and those whose name another one took over. */
  list(): Promise<Image[]>;
  /** Ids of the images that some container, running or not, was made from, by the container's id. */
  usedBy(): Promise<ReadonlyMap<string, string>>;
  /**
   * Removes an image with its names, unless something came to use it.
   * @returns false when the engine says that it is in use
   */
  remove(image: Image): Promise<boolean>;
}

const DEADLINE_MS = 30_000;
/** Removing frees the layers, which may be gigabytes. */
const REMOVE_MS = 120_000;
/** Longer command lines are refused by the kernel. */
const AT_ONCE = 100;
const NOT_FOUND = /no such|image not known|does not exist|no container with name or id/i;
const IN_USE = /in use|is being used|being used by|using its referenced image|dependent child|has dependent/i;
const ID = /^[0-9a-f]{64}$/;

export function createImages(id: EngineId, run: RunProcess): Images {
  const call = async (args: readonly string[], deadlineMs = DEADLINE_MS): Promise<ProcessResult> => {
    const result = await run(id, args, { deadlineMs });
    if (result.missing) throw new FortressError("engine-missing", `${id} is not installed.`, `Install ${id}, or choose another sandbox backend.`);
    if (result.timedOut) throw new FortressError("engine-failed", `${id} ${args[0]} did not answer within ${deadlineMs / 1_000} s.`, `Check that "${id} ps" answers, then try again.`);
    return result;
  };
  const failed = (args: readonly string[], { code, stderr }: ProcessResult): FortressError =>
    new FortressError("engine-failed", `${id} ${args[0]} failed: ${stderr.trim().slice(0, 300) || `exit ${code}`}`, `Run "${id} images" as the gateway's user and mend what it says.`);
  const lines = async (args: readonly string[]): Promise<string[]> => {
    const result = await call(args);
    if (result.code !== 0) throw failed(args, result);
    return [...new Set(result.stdout.split("\n").map((line) => bare(line.trim())).filter((line) => ID.test(line)))];
  };
  /** What vanished meanwhile is left out. */
  const inspect = async <T>(kind: "image" | "container", ids: readonly string[], read: (value: unknown) => T): Promise<T[]> => {
    const found: T[] = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const args = [kind, "inspect", ...ids.slice(start, start + AT_ONCE)];
      const result = await call(args);
      if (result.code !== 0 && !NOT_FOUND.test(result.stderr)) throw failed(args, result);
      try {
        found.push(...(JSON.parse(result.stdout || "[]") as unknown[]).map(read));
      } catch (cause) {
        throw new FortressError("engine-failed", `${id} ${kind} inspect gave an answer that fortress does not understand.`, `Check that ${id} is a version that OpenClaw supports.`, { cause });
      }
    }
    return found;
  };

  return {
    list: async () => inspect("image", await lines(["images", "-q", "--no-trunc"]), readImage),
    usedBy: async () => new Map(await inspect("container", await lines(["ps", "-a", "-q", "--no-trunc"]), readUse)),
    async remove({ id: image, names }) {
      // By its names where it has several: by its id, engines refuse to remove more than one name.
      const tags = names.filter((name) => !name.includes("@"));
      const args = ["rmi", ...(tags.length > 1 ? tags : [image])];
      const result = await call(args, REMOVE_MS);
      if (result.code === 0 || NOT_FOUND.test(result.stderr)) return true;
      if (IN_USE.test(result.stderr)) return false;
      throw failed(args, result);
    },
  };
}

/** Docker writes `sha256:` before an id, Podman in some places. */
function bare(id: string): string {
  return id.replace(/^sha256:/, "");
}

/** The fields that Podman and Docker share; anything missing is an error, not a default. */
function readImage(value: unknown): Image {
  const { Id, RepoTags, RepoDigests, RootFS } = value as { Id: string; RepoTags?: readonly string[] | null; RepoDigests?: readonly string[] | null; RootFS: { Layers?: readonly string[] | null } };
  const id = bare(Id);
  if (!ID.test(id)) throw new TypeError("Id is missing");
  const tags = (RepoTags ?? []).filter((name) => !name.includes("<none>"));
  // A name by digest stays when another image takes the tag over: alone it is none.
  return { id, names: tags.length === 0 ? [] : [...tags, ...(RepoDigests ?? [])], layers: RootFS.Layers ?? [] };
}

function readUse(value: unknown): [container: string, image: string] {
  const { Id, Image: image } = value as { Id: string; Image: string };
  if (!ID.test(bare(image))) throw new TypeError("Image is missing");
  return [Id, bare(image)];
}
