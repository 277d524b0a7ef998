import type { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { StoreEdge } from "../model/ports.ts";
import type { Secret } from "../model/secret.ts";
import { checkGrants, type Grants } from "./grants.ts";
import { createMasker, MAX_KEPT, type Masker } from "./mask.ts";
import { readSources, type Source, type SourceConfig, type SourceName, type Surroundings } from "./sources.ts";
import { createSecretStore, type Secrets } from "./store.ts";

export interface KeyringConfig extends SourceConfig {
  readonly file: string;
  readonly grants: Grants;
}

export interface KeyringEdge {
  readonly store: StoreEdge;
  surroundings(): Surroundings;
  /** Ids of OpenClaw's agents; undefined when they are not known. */
  agents(): readonly string[] | undefined;
}

/** Everything that is known of the secrets, without a failure of one source hiding the others. */
export interface Inventory {
  readonly secrets: Secrets;
  readonly sources: ReadonlyMap<string, SourceName>;
  readonly errors: readonly FortressError[];
  readonly findings: readonly Finding[];
  /** Keys of the configuration whose secrets only the gateway sees; empty in the gateway. */
  readonly unseen: readonly { readonly source: SourceName; readonly key: string }[];
}

export interface Keyring {
  /**
   * The secrets of all sources, as they are now.
   * @throws FortressError when a source, or a grant, is not as the configuration says
   */
  load(): Secrets;
  inventory(): Inventory;
  /** Waits, for a moment at most, until an edit of the secrets file that is going on has ended. */
  settle(): Promise<void>;
  /** Masks every value that was ever loaded. */
  readonly masker: Masker;
}

export function createKeyring(config: KeyringConfig, edge: KeyringEdge, onNew: (values: Secrets) => void = () => {}): Keyring {
  const store = createSecretStore(config.file, edge.store);
  const masker = createMasker();
  let before: ReadonlySet<string> = new Set();
  let gone: readonly string[] = [];

  const read = (): Inventory => {
    const errors: FortressError[] = [];
    const all: Source[] = [];
    try {
      all.push({ source: "file", secrets: store.load(), errors: [], unseen: [] });
    } catch (error) {
      errors.push(error as FortressError);
    }
    all.push(...readSources(config, edge.surroundings(), edge.store));
    errors.push(...all.flatMap((source) => source.errors));
    const unseen = all.flatMap(({ source, unseen: keys }) => keys.map((key) => ({ source, key })));

    const secrets = new Map<string, Secret>();
    const sources = new Map<string, SourceName>();
    const findings: Finding[] = [];
    for (const { source, secrets: some } of all) {
      for (const [name, secret] of some) {
        const first = secrets.get(name);
        if (first === undefined) {
          secrets.set(name, secret);
          sources.set(name, source);
        } else if (first.reveal() !== secret.reveal()) findings.push(differs(name, sources.get(name)!, source));
      }
    }
    if (masker.learn(secrets).length > 0) onNew(secrets);
    try {
      // An unseen secrets file may have any name in it.
      const anyName = unseen.some(({ key }) => key.endsWith(".env"));
      checkGrants(config.grants, edge.agents(), anyName ? undefined : new Set([...secrets.keys(), ...unseen.map(({ key }) => key)]));
    } catch (error) {
      errors.push(error as FortressError);
    }
    if (errors.length === 0) {
      const now = new Set(secrets.keys());
      gone = [...new Set([...gone, ...before])].filter((name) => !now.has(name)).sort();
      before = now;
    }
    if (masker.hasForgotten()) findings.push(UNMASKED);
    if (gone.length > 0) findings.push(vanished(gone));
    return { secrets, sources, errors, findings, unseen };
  };

  return {
    load() {
      const { errors, secrets } = read();
      if (errors[0] !== undefined) throw errors[0];
      return secrets;
    },
    inventory: read,
    settle: () => store.settle(),
    masker,
  };
}

const UNMASKED: Finding = {
  id: "secrets.unmasked",
  severity: "warn",
  detail: `More than ${MAX_KEPT} values of secrets came by since the gateway started: the others are no longer masked in what commands print.`,
  remedy: "Keep fewer secrets, or rotate them less often; then restart the gateway.",
};

function differs(name: string, used: SourceName, other: SourceName): Finding {
  return { id: "secrets.differ", severity: "warn", detail: `${name} has one value in ${used} and another in ${other}; the one in ${used} counts.`, remedy: "Bring them in line, or remove one. A changed environment needs a restart of the gateway." };
}

function vanished(names: readonly string[]): Finding {
  return { id: "secrets.gone", severity: "warn", detail: `Since the gateway started these secrets were removed: ${names.join(", ")}.`, remedy: "Put them back if that was not meant; a restart of the gateway clears this note." };
}
