import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createStoreEdge } from "../../src/edge/files.ts";
import { createKeyring, type KeyringConfig } from "../../src/secrets/keyring.ts";
import type { Surroundings } from "../../src/secrets/sources.ts";
import type { Secrets } from "../../src/secrets/store.ts";
import { errorOf } from "../fixtures/errors.ts";
import { tempDir } from "../fixtures/temp.ts";

const CANARY = "canary-0a6e41";

function setUp(text: string, config: Partial<KeyringConfig> = {}, surroundings: Partial<Surroundings> = {}) {
  const directory = join(tempDir(), "keys");
  mkdirSync(directory, { mode: 0o700 });
  const file = join(directory, "secrets.env");
  const real = createStoreEdge(process.getuid?.() ?? 0);
  const onNew = vi.fn<(secrets: Secrets) => void>();
  const write = (next: string): void => {
    writeFileSync(`${file}.new`, next, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write(text);
  const keyring = createKeyring(
    { file, fromCredentials: [], fromEnvironment: [], values: {}, grants: { "*": ["*"] }, ...config },
    { store: { ...real, now: () => real.now() + 60_000 }, surroundings: () => ({ inGateway: true, environment: {}, plaintext: [], ...surroundings }), agents: () => ["main", "ops"] },
    onNew,
  );
  return { keyring, file, write, onNew };
}

describe("several sources", () => {
  it("are read in order; the first that has a name counts, and a difference is a finding without values", () => {
    const { keyring } = setUp(`A=${CANARY}\nB=1\n`, { fromEnvironment: ["A", "C"], values: { B: "1", C: "config" } }, { environment: { A: `${CANARY}-other`, C: "environment" } });
    const { secrets, sources, findings } = keyring.inventory();
    expect([...secrets].map(([name, secret]) => [name, secret.reveal(), sources.get(name)])).toEqual([["A", CANARY, "file"], ["B", "1", "file"], ["C", "config", "config"]]);
    expect(findings.map(({ id, detail }) => [id, detail])).toEqual([
      ["secrets.differ", "A has one value in file and another in environment; the one in file counts."],
      ["secrets.differ", "C has one value in config and another in environment; the one in config counts."],
    ]);
    expect(JSON.stringify(findings)).not.toContain("canary");
  });

  it("refuse when one is wrong, and still show the others", () => {
    const { keyring, file } = setUp("A=1\n", { fromEnvironment: ["E"] });
    expect(errorOf(() => keyring.load()).code).toBe("secrets-source-invalid");
    chmodSync(file, 0o644);
    expect(keyring.inventory().errors.map(({ code }) => code)).toEqual(["secrets-store-unsafe", "secrets-source-invalid"]);
    chmodSync(file, 0o600);
    expect([...keyring.inventory().secrets.keys()]).toEqual(["A"]);
  });
});

describe("grants", () => {
  it.each<[string, KeyringConfig["grants"], RegExp | undefined]>([
    ["for every agent", { "*": ["*"] }, undefined],
    ["of a pattern without a match", { main: ["NOTHING_*"] }, undefined],
    ["for an unknown agent", { Ops: ["*"] }, /secrets\.grants\.Ops: OpenClaw has no agent "Ops"/],
    ["of a name that no source has", { main: ["A", "MISSING"] }, /secrets\.grants\.main: no source has a secret MISSING/],
  ])("%s", (_, grants, message) => {
    const { keyring } = setUp("A=1\n", { grants });
    if (message === undefined) expect(keyring.load().size).toBe(1);
    else expect(errorOf(() => keyring.load())).toMatchObject({ code: "secrets-grant-unknown", message: expect.stringMatching(message) as string });
  });

  it("of what only the gateway sees are not called unknown outside it", () => {
    const outside = { inGateway: false };
    expect(setUp("A=1\n", { fromEnvironment: ["E"], grants: { main: ["A", "E"] } }, outside).keyring.inventory()).toMatchObject({ errors: [], unseen: [{ source: "environment", key: "E" }] });
    expect(setUp("A=1\n", { fromCredentials: ["x.env"], grants: { main: ["ANY"] } }, outside).keyring.inventory().errors).toEqual([]);
    expect(setUp("A=1\n", { fromEnvironment: ["E"], grants: { main: ["ANY"] } }, outside).keyring.inventory().errors).toHaveLength(1);
  });
});

describe("over time", () => {
  it("names what went, until it is back", () => {
    const { keyring, write } = setUp("A=1\nB=2\n");
    keyring.load();
    write("A=1\n");
    expect(keyring.inventory().findings).toEqual([expect.objectContaining({ id: "secrets.gone", severity: "warn", detail: expect.stringContaining("removed: B.") as string })]);
    expect(keyring.inventory().findings).toHaveLength(1);
    write("A=1\nB=3\n");
    expect(keyring.inventory().findings).toEqual([]);
  });

  it("says when there are more values than it masks", () => {
    const file = (count: number): string => Array.from({ length: count }, (_, index) => `KEY_${index}=${CANARY}-${index}\n`).join("");
    const { keyring, write } = setUp(file(512));
    expect(keyring.inventory().findings).toEqual([]);
    write(file(513));
    const { findings } = keyring.inventory();
    expect(findings).toMatchObject([{ id: "secrets.unmasked", severity: "warn", detail: "More than 512 values of secrets came by since the gateway started: the others are no longer masked in what commands print." }]);
    expect(JSON.stringify(findings)).not.toContain(CANARY);
    // What was forgotten stays so, also when there are fewer again.
    write(file(1));
    expect(keyring.inventory().findings.map(({ id }) => id)).toContain("secrets.unmasked");
  });

  it("masks what it ever gave out, and says when something is new", () => {
    const { keyring, write, onNew } = setUp(`A=${CANARY}\n`);
    keyring.load();
    keyring.load();
    expect(onNew).toHaveBeenCalledTimes(1);
    write("A=another-value\n");
    keyring.load();
    expect(onNew).toHaveBeenCalledTimes(2);
    expect(keyring.masker.text(`${CANARY} another-value`)).toBe("[secret A] [secret A]");
  });
});
