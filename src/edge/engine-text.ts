import { FortressError } from "../model/errors.ts";
import type { EngineId } from "../model/sandbox.ts";
import type { RunProcess } from "./process.ts";

const DEADLINE_MS = 15_000;

/**
 * Everything that an engine tells of a container and of its image, values of the environment
 * included: for a search, and for nothing else.
 *
 * @param id a full container id
 */
export type DescribeContainer = (engine: EngineId, id: string) => Promise<string>;

export function createDescribe(run: RunProcess): DescribeContainer {
  const inspect = async (engine: EngineId, kind: "container" | "image", id: string): Promise<string> => {
    const { code, stdout } = await run(engine, ["inspect", "--type", kind, id], { deadlineMs: DEADLINE_MS });
    // What the engine says on standard error may quote what it read.
    if (code !== 0) throw new FortressError("engine-failed", `${engine} inspect of the ${kind} ${id.slice(0, 12)} failed.`, `Check that "${engine} ps" answers.`);
    return stdout;
  };
  return async (engine, id) => {
    const container = await inspect(engine, "container", id);
    const image = /"Image": "(?:sha256:)?([0-9a-f]{64})"/.exec(container)?.[1];
    if (image === undefined) throw new FortressError("engine-failed", `${engine} names no image for ${id.slice(0, 12)}.`, `Check that ${engine} is a version that OpenClaw supports.`);
    return `${container}\n${await inspect(engine, "image", image)}`;
  };
}
