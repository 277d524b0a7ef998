import { FortressError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import { parseEnvFile, writeEnvFile } from "./env-file.ts";
import type { Secrets } from "./store.ts";

/** A file of the state tree that holds secrets. */
export interface Original {
  readonly path: string;
  readonly text: string;
}

export interface MigrationPlan {
  /** Names that the store does not have yet, with where they come from. */
  readonly adds: readonly { readonly name: string; readonly from: string }[];
  /** Names that the store has already, with the same value. */
  readonly present: readonly string[];
  /** The store's file as it is to be; undefined when nothing is to be added. */
  readonly text: string | undefined;
  /** What the store has to give back afterwards. */
  readonly expected: Secrets;
}

/**
 * What moves. Nothing does when one name has two values: which one is right, only the operator knows.
 *
 * @param store the text of the store's file; undefined when there is none
 * @throws FortressError `secrets-file-invalid` or `secrets-migration-refused`
 */
export function planMigration(store: string | undefined, originals: readonly Original[]): MigrationPlan {
  const expected = new Map(parseEnvFile(store ?? ""));
  const present = new Set<string>();
  const adds: { name: string; from: string }[] = [];
  const conflicts = new Set<string>();
  let text = store === undefined || store === "" || store.endsWith("\n") ? (store ?? "") : `${store}\n`;
  for (const { path, text: original } of originals) {
    const fresh = new Map<string, Secret>();
    for (const [name, secret] of parseEnvFile(original, path)) {
      const known = expected.get(name);
      if (known === undefined) fresh.set(name, secret);
      else if (known.reveal() === secret.reveal()) present.add(name);
      else conflicts.add(`${name} (${path})`);
    }
    for (const [name, secret] of fresh) {
      expected.set(name, secret);
      adds.push({ name, from: path });
    }
    if (fresh.size > 0) text += writeEnvFile(fresh);
  }
  if (conflicts.size > 0) {
    throw new FortressError("secrets-migration-refused", `these names have another value already: ${[...conflicts].join(", ")}.`, "Decide which value is right, remove the other line, and run it again. Nothing was changed.");
  }
  return { adds, present: [...present].sort(), text: adds.length > 0 ? text : undefined, expected };
}

/** First line of a drop-in that fortress wrote, and may write again. */
export const DROP_IN_MARK = "# Written by openclaw fortress secrets migrate.";

/**
 * A drop-in that gives the gateway the store's file as environment, as the original guide does it.
 *
 * @param home what systemd calls `%h`
 */
export function dropInText(storeFile: string, home: string): string {
  const path = storeFile.startsWith(`${home}/`) ? `%h${storeFile.slice(home.length).replaceAll("%", "%%")}` : storeFile.replaceAll("%", "%%");
  return `${DROP_IN_MARK}\n[Service]\nEnvironmentFile=${path}\n`;
}

/** Names whose values systemd would read differently from the store: it knows no `\n`. */
export function unfitForSystemd(secrets: Secrets): string[] {
  return [...secrets].filter(([, secret]) => /[\n\r]/.test(secret.reveal())).map(([name]) => name);
}
