import type { EngineId } from "../model/sandbox.ts";
import type { Followed, FollowProcess } from "./process.ts";

/** Something that happened to a container which OpenClaw labelled as a sandbox. */
export interface EngineEvent {
  /** The container's full id. */
  readonly id: string;
  /** In the engine's words, such as `update`. */
  readonly what: string;
  /** OpenClaw's key of whom the sandbox is for; absent where its label is missing. */
  readonly scope?: string;
}

export type FollowEvents = (engine: EngineId, follower: { event(event: EngineEvent): void; ended(reason: string): void }) => Followed;

/** What says nothing of a container's state; there are two of them for every command of an agent. */
const NOISE = /^(exec|health_status|cleanup|attach|resize|top|copy|archive|sync|mount|unmount)/;
const FULL_ID = /^[0-9a-f]{64}$/;

type Labels = Readonly<Record<string, unknown>> | null;

/** @param now the time of the machine, milliseconds since the epoch */
export function createFollowEvents(follow: FollowProcess, now: () => number = Date.now): FollowEvents {
  return (engine, { event, ended }) =>
    // It listens only some time after its start, and does not say when: without --since, what happens until then is lost.
    follow(engine, ["events", "--since", new Date(now()).toISOString(), "--filter", "type=container", "--filter", "label=openclaw.sandbox=1", "--format", "{{json .}}"], {
      line(text) {
        const understood = understand(text);
        if (understood && !NOISE.test(understood.what)) event(understood);
      },
      ended,
    });
}

/** Podman writes `ID`, `Status` and `Attributes`, Docker `Action` and the others below `Actor`; anything else is not for us. */
function understand(text: string): EngineEvent | undefined {
  try {
    const { ID, Status, Attributes, Actor, Action } = JSON.parse(text) as { ID?: unknown; Status?: unknown; Attributes?: Labels; Actor?: { ID?: unknown; Attributes?: Labels }; Action?: unknown };
    const [id, what, scope] = [ID ?? Actor?.ID, Status ?? Action, (Attributes ?? Actor?.Attributes)?.["openclaw.sessionKey"]];
    if (typeof id !== "string" || !FULL_ID.test(id) || typeof what !== "string") return undefined;
    return { id, what, ...(typeof scope === "string" ? { scope } : {}) };
  } catch {
    return undefined;
  }
}
