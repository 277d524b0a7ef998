import type { Budget, SkipReason, TreeWatcher } from "../edge/tree.ts";
import { textOf } from "../model/errors.ts";
import { type FormName, formsOf, isSearchable } from "../secrets/forms.ts";
import { createSearcher } from "../secrets/searcher.ts";
import type { Core } from "./core.ts";
import { liveSandboxes, scanRoots } from "./secrets-scan-roots.ts";
import type { HostFacts } from "./status.ts";

/** Where a value was found; `where` is a path or what an engine said. Never the value. */
export interface ScanHit {
  readonly name: string;
  readonly form: FormName;
  readonly where: string;
}

export interface ScanReport {
  /** False when something that a sandbox can read was not searched: no hits then prove nothing. */
  readonly complete: boolean;
  readonly hits: readonly ScanHit[];
  readonly searched: { readonly roots: readonly string[]; readonly files: number; readonly bytes: number; readonly secrets: readonly string[] };
  /** Names whose values are too short to be told from chance. */
  readonly tooShort: readonly string[];
  readonly skipped: readonly { readonly reason: SkipReason; readonly count: number; readonly examples: readonly string[] }[];
  /** What else was not searched, one sentence each. */
  readonly unseen: readonly string[];
}

export interface ScanOptions {
  readonly minutes: number;
  readonly onProgress: (progress: { readonly files: number; readonly bytes: number; readonly where: string }) => void;
}

/**
 * Searches everything that a sandbox can read for the secrets' actual values. It reads files for
 * minutes: run it in a process of its own, never in the gateway's.
 */
export type Scan = (hostFacts: () => HostFacts, options: ScanOptions) => Promise<ScanReport>;

const GIB = 2 ** 30;
const LIMITS = { entries: 2_000_000, bytes: 32 * GIB, sparseBytes: GIB / 16, depth: 512 };
const MAX_HITS = 1_000;
const EXAMPLES = 3;
const PROGRESS_FILES = 500;
/** These hold no bytes of their own, are no longer there, or are mounted and have a root of their own. */
const HARMLESS: ReadonlySet<SkipReason> = new Set(["link", "special file", "vanished", "other file system"]);

export function createScan({ edges, resolve }: Core): Scan {
  return async (hostFacts, { minutes, onProgress }) => {
    const { store } = resolve();
    const { secrets, errors, unseen: elsewhere } = store.inventory();
    const unseen = [...errors.map(({ message }) => message), ...elsewhere.map(({ key, source }) => `${key} comes from ${source}, which only the gateway sees.`)];
    const searchable = [...secrets].filter(([, secret]) => isSearchable(secret));
    const start = createSearcher(searchable.flatMap(([name, secret]) => formsOf(name, secret)));

    const hits: ScanHit[] = [];
    const skipped = new Map<SkipReason, { count: number; examples: string[] }>();
    const count = { files: 0, bytes: 0 };
    /** A file may be named after a value. */
    const shown = (path: string): string => store.masker.text(path);
    const hit = (where: string, found: readonly { readonly name: string; readonly form: FormName }[]): void => {
      for (const { name, form } of found) if (hits.length < MAX_HITS) hits.push({ name, form, where: shown(where) });
    };
    const search = (where: string, bytes: Uint8Array): void => {
      const each = start();
      each.push(bytes);
      hit(where, each.found());
    };
    const watcher = (label: (path: string) => string): TreeWatcher => ({
      now: edges.scan.now,
      file(path, name) {
        const where = label(path);
        count.files += 1;
        if (count.files % PROGRESS_FILES === 0) onProgress({ ...count, where: shown(where) });
        search(`the name of ${where}`, name);
        const content = start();
        return {
          push(chunk) {
            count.bytes += chunk.length;
            content.push(chunk);
          },
          end: () => hit(where, content.found()),
        };
      },
      directory: (path, name) => search(`the name of ${label(path)}`, name),
      skipped(path, reason) {
        const entry = skipped.get(reason) ?? { count: 0, examples: [] };
        entry.count += 1;
        if (entry.examples.length < EXAMPLES) entry.examples.push(shown(label(path)));
        skipped.set(reason, entry);
      },
    });

    const host = hostFacts();
    const live = await liveSandboxes(edges, host, unseen);
    const roots = scanRoots(edges, host, live, unseen);
    const budget: Budget = { ...LIMITS, deadline: edges.scan.now() + minutes * 60_000 };
    const walk = edges.scan.walker();
    for (const { path, label, oneFileSystem } of roots) await walk(path, budget, watcher((found) => label + found.slice(path.length)), { oneFileSystem });
    for (const { engine, container } of live) {
      try {
        search(`what the engine says of ${container.name} and its image`, Buffer.from(await edges.scan.describe.container(engine, container.id)));
      } catch (error) {
        unseen.push(textOf(error));
      }
    }
    const images: string[] = [];
    for (const { engine, name } of host.neededImages ?? []) {
      try {
        const said = await edges.scan.describe.image(engine, name);
        // One that is not there yet shows nobody anything.
        if (said === undefined) continue;
        images.push(`what ${engine} says of the image ${name}`);
        search(images.at(-1)!, Buffer.from(said));
      } catch (error) {
        unseen.push(textOf(error));
      }
    }
    return {
      complete: unseen.length === 0 && hits.length < MAX_HITS && [...skipped.keys()].every((reason) => HARMLESS.has(reason)),
      hits,
      searched: { roots: [...roots.map(({ label }) => label), ...images], ...count, secrets: searchable.map(([name]) => name).sort() },
      tooShort: [...secrets].filter(([, secret]) => !isSearchable(secret)).map(([name]) => name).sort(),
      skipped: [...skipped].map(([reason, entry]) => ({ reason, ...entry })),
      unseen,
    };
  };
}
