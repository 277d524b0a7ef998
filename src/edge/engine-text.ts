import { FortressError } from "../model/errors.ts";
import type { EngineId } from "../model/sandbox.ts";
import type { RunProcess } from "./process.ts";

const DEADLINE_MS = 15_000;
const NO_IMAGE = /no such (image|object)|image not known|failed to find image/i;

/**
 * Everything that an engine tells, values of the environment included: for a search, and for nothing
 * else.
 */
export interface Describe {
  /** Of a container and of its image. @param id a full container id */
  container(engine: EngineId, id: string): Promise<string>;
  /** Of an image; undefined when the engine says that it has none of that name. */
  image(engine: EngineId, name: string): Promise<string | undefined>;
}

export function createDescribe(run: RunProcess): Describe {
  const inspect = async (engine: EngineId, kind: "container" | "image", name: string): Promise<{ readonly text: string } | { readonly absent: boolean }> => {
    // A name from the configuration that starts with a dash is no option.
    const { code, stdout, stderr } = await run(engine, ["inspect", "--type", kind, "--", name], { deadlineMs: DEADLINE_MS });
    return code === 0 ? { text: stdout } : { absent: code !== undefined && NO_IMAGE.test(stderr) };
  };
  const told = async (engine: EngineId, kind: "container" | "image", id: string): Promise<string> => {
    const answer = await inspect(engine, kind, id);
    if ("text" in answer) return answer.text;
    throw failed(engine, kind, id.slice(0, 12));
  };
  return {
    async container(engine, id) {
      const container = await told(engine, "container", id);
      const image = /"Image": "(?:sha256:)?([0-9a-f]{64})"/.exec(container)?.[1];
      if (image === undefined) throw new FortressError("engine-failed", `${engine} names no image for ${id.slice(0, 12)}.`, `Check that ${engine} is a version that OpenClaw supports.`);
      return `${container}\n${await told(engine, "image", image)}`;
    },
    async image(engine, name) {
      const answer = await inspect(engine, "image", name);
      if ("text" in answer) return answer.text;
      if (answer.absent) return undefined;
      throw failed(engine, "image", name);
    },
  };
}

/** Without what the engine said on standard error, which may quote what it read. */
function failed(engine: EngineId, kind: string, name: string): FortressError {
  return new FortressError("engine-failed", `${engine} inspect of the ${kind} ${name} failed.`, `Check that "${engine} ps" answers.`);
}
