import type { Container, EngineId } from "../model/sandbox.ts";
import type { Core } from "./core.ts";
import { type HostFacts, touches } from "./status.ts";

export interface OwnSandbox {
  readonly engine: EngineId;
  readonly container: Container;
}

export interface OwnSandboxes {
  readonly sandboxes: readonly OwnSandbox[];
  /** Engines that did not answer, with the reason. */
  readonly unseen: readonly { readonly engine: EngineId; readonly error: unknown }[];
}

const FULL_ID = /^[0-9a-f]{64}$/;

/** True for what may be acted on: OpenClaw's label, a full id, and a place of this gateway among its binds. */
export function isOurs(container: Container, roots: readonly string[]): boolean {
  return container.labels["openclaw.sandbox"] === "1" && FULL_ID.test(container.id) && touches(container, roots);
}

/** Canonical places that only sandboxes of this gateway have binds of. */
export function rootsOf({ edges }: Pick<Core, "edges">, workspaces: readonly string[]): string[] {
  return [edges.stateDir, ...workspaces].map((path) => edges.layout.inspect(path).real);
}

/** True when the engine knows it no more; one that does not answer knows it still. */
export function isRemoved({ edges }: Pick<Core, "edges">, { engine, container: { id } }: { readonly engine: EngineId; readonly container: Pick<Container, "id"> }): Promise<boolean> {
  return edges.engine(engine).inspect(id).then((found) => found === undefined, () => false);
}

/** Every sandbox of this gateway, from one list and one look per engine. */
export async function listOurs(core: Pick<Core, "edges">, { engines, workspaces }: Pick<HostFacts, "engines" | "workspaces">): Promise<OwnSandboxes> {
  const roots = rootsOf(core, workspaces);
  const unseen: { engine: EngineId; error: unknown }[] = [];
  const found = await Promise.all(
    engines.map(async (engine) => {
      try {
        return (await core.edges.engine(engine).sandboxes()).filter((container) => isOurs(container, roots)).map((container) => ({ engine, container }));
      } catch (error) {
        unseen.push({ engine, error });
        return [];
      }
    }),
  );
  return { sandboxes: found.flat(), unseen };
}
