import { FortressError, textOf } from "../model/errors.ts";
import type { ReadText } from "../model/ports.ts";
import type { Container, Limits, ObservedLimits } from "../model/sandbox.ts";
import { readLimits } from "./cgroup.ts";
import { exact, shortfalls } from "./compare.ts";

/** A container whose limits were brought about and read back. */
export interface Admission {
  readonly container: Container;
  readonly wanted: Limits;
  /** What the kernel still does not enforce; only with `onFailure: warn` anything but empty. */
  readonly shortfalls: readonly string[];
  /** Why the engine refused to apply the limits, if it did. */
  readonly refusal: string | undefined;
}

export interface GuardEdge {
  inspect(name: string): Promise<Container | undefined>;
  update(id: string, limits: Limits): Promise<void>;
  remove(id: string): Promise<void>;
  readonly readKernel: ReadText;
  /** Tells a process from a later one with the same pid; undefined when there is none. */
  processIdentity(pid: number): string | undefined;
  /** True when the process that the engine names is seen from here to be the container's own. */
  isVisible(container: Container): boolean;
}

export interface AdmitOptions {
  readonly wanted: Limits;
  readonly onFailure: "refuse" | "warn";
  /** Milliseconds since the epoch: a refused container that OpenClaw created later than this is removed again. */
  readonly since: number;
}

export interface LimitGuard {
  /**
   * Makes the limits of a running container hold. Starts no process when the kernel says that they
   * hold already on a container that was admitted before; else one `inspect` and one `update`.
   *
   * @param name or id
   * @throws FortressError `limits-not-applied` or `sandbox-unknown`
   */
  admit(name: string, options: AdmitOptions): Promise<Admission>;
  /** The admission of a container id, if the kernel says now that it still stands. Starts no process. */
  standing(id: string): Admission | undefined;
  /** The last admission under this name, standing or not. */
  last(name: string): Admission | undefined;
  /** True for a container, by name or id, that was admitted, whether that stands or not. */
  knows(nameOrId: string): boolean;
}

/** A container in a virtual machine or another pid namespace: nothing of it can be read from here. */
export const UNSEEN: ObservedLimits = { memory: undefined, memorySwap: undefined, cpus: undefined, pids: undefined };

interface Entry {
  readonly admission: Admission;
  /** Undefined when the container runs where this process sees none of its processes. */
  readonly identity: string | undefined;
}

/** Keeps what was admitted, by container name. One per engine. */
export function createLimitGuard(edge: GuardEdge): LimitGuard {
  const admitted = new Map<string, Entry>();

  const identify = (container: Container): string | undefined => (edge.isVisible(container) ? edge.processIdentity(container.pid) : undefined);

  const stands = (entry: Entry | undefined): Admission | undefined => {
    if (!entry) return undefined;
    const { admission, identity } = entry;
    if (identity === undefined) return admission;
    if (edge.processIdentity(admission.container.pid) !== identity) return undefined;
    const missing = shortfalls(admission.wanted, readLimits(edge.readKernel, admission.container.pid));
    return missing.every((each) => admission.shortfalls.includes(each)) ? admission : undefined;
  };

  const find = (nameOrId: string): Entry | undefined =>
    admitted.get(nameOrId) ?? [...admitted.values()].find(({ admission }) => admission.container.id === nameOrId);

  const admit = async (name: string, options: AdmitOptions): Promise<Admission> => {
    const known = stands(find(name));
    if (known && sameLimits(known.wanted, options.wanted) && (known.shortfalls.length === 0 || options.onFailure === "warn")) return known;

    const container = await edge.inspect(name);
    if (!container?.running) {
      throw new FortressError("sandbox-unknown", `the engine shows no running container ${name}.`, "Try again; if it stays so, look at the engine's log for why the container ended.");
    }
    const identity = identify(container);
    const observe = (): ObservedLimits => (identity === undefined ? UNSEEN : readLimits(edge.readKernel, container.pid));
    const refusal = exact(options.wanted, observe()) ? undefined : await update(edge, container, options.wanted);
    // The engine's word counts for nothing: after a refused update its `inspect` shows the refused values.
    const missing = shortfalls(options.wanted, observe());
    if (missing.length > 0 && options.onFailure === "refuse") {
      admitted.delete(container.name);
      // What OpenClaw made in this very turn holds nothing yet; an older container may hold work.
      const reasons = [...missing, ...(refusal === undefined ? [] : [refusal])];
      if (Number(container.labels["openclaw.createdAtMs"]) >= options.since) {
        await edge.remove(container.id).catch((error: unknown) => reasons.push(`it could not be removed: ${String(error)}`));
      }
      throw new FortressError(
        "limits-not-applied",
        `the limits of sandbox ${name} do not hold: ${reasons.join("; ")}.`,
        "The gateway must run on the host of the engine. Rootless engines need cgroup v2 with delegated controllers: put [Service] Delegate=cpu memory pids into a drop-in of user@.service and log in again. limits.onFailure: warn runs sandboxes without limits.",
      );
    }
    const admission: Admission = { container, wanted: options.wanted, shortfalls: missing, refusal };
    admitted.set(container.name, { admission, identity });
    return admission;
  };

  return {
    admit,
    standing: (id) => stands(find(id)),
    last: (name) => admitted.get(name)?.admission,
    knows: (nameOrId) => find(nameOrId) !== undefined,
  };
}

/** Applies the limits; returns the engine's refusal, if any. */
async function update(edge: GuardEdge, container: Container, wanted: Limits): Promise<string | undefined> {
  try {
    await edge.update(container.id, wanted);
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

function sameLimits(left: Limits, right: Limits): boolean {
  return left.memory === right.memory && left.memorySwap === right.memorySwap && left.cpus === right.cpus && left.pids === right.pids;
}
