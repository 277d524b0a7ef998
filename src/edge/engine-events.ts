import type { EngineId } from "../model/sandbox.ts";
import type { Followed, FollowProcess } from "./process.ts";

/** Something that happened to a container which OpenClaw labelled as a sandbox. */
export interface EngineEvent {
  /** The container's full id. */
  readonly id: string;
  /** In the engine's words, such as `update`. */
  readonly what: string;
}

export type FollowEvents = (engine: EngineId, follower: { event(event: EngineEvent): void; ended(reason: string): void }) => Followed;

/** What says nothing of a container's state; there are two of them for every command of an agent. */
const NOISE = /^(exec|health_status|cleanup|attach|resize|top|copy|archive|sync|mount|unmount)/;
const FULL_ID = /^[0-9a-f]{64}$/;

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

/** Podman writes `ID` and `Status`, Docker `Actor.ID` and `Action`; anything else is not for us. */
function understand(text: string): EngineEvent | undefined {
  try {
    const { ID, Status, Actor, Action } = JSON.parse(text) as { ID?: unknown; Status?: unknown; Actor?: { ID?: unknown }; Action?: unknown };
    const [id, what] = [ID ?? Actor?.ID, Status ?? Action];
    return typeof id === "string" && FULL_ID.test(id) && typeof what === "string" ? { id, what } : undefined;
  } catch {
    return undefined;
  }
}
