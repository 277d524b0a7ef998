import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createStoreEdge } from "../../src/edge/files.ts";
import { readSources, type SourceConfig, type Surroundings } from "../../src/secrets/sources.ts";
import { tempDir } from "../fixtures/temp.ts";

const edge = createStoreEdge(process.getuid?.() ?? 0);
const CANARY = "canary-44d1";

function credentials(files: Record<string, string>): string {
  const directory = join(tempDir(), "credentials");
  mkdirSync(directory, { mode: 0o500 });
  chmodSync(directory, 0o700);
  for (const [id, text] of Object.entries(files)) writeFileSync(join(directory, id), text, { mode: 0o400 });
  return directory;
}

function read(config: Partial<SourceConfig>, surroundings: Partial<Surroundings> = {}) {
  const sources = readSources({ fromCredentials: [], fromEnvironment: [], values: {}, ...config }, { inGateway: true, environment: {}, plaintext: [], ...surroundings }, edge);
  return {
    values: Object.fromEntries(sources.map(({ source, secrets }) => [source, Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.reveal()]))])),
    errors: sources.flatMap(({ errors }) => errors),
    unseen: sources.flatMap(({ unseen }) => unseen),
  };
}

describe("what is configured is read", () => {
  it("from systemd credentials: one secret a file, or a secrets file", () => {
    const CREDENTIALS_DIRECTORY = credentials({ ONE: `${CANARY}\n`, TWO: "no line end", LINES: "a\nb\n\n", "keys.env": "A=1\nB='2'\n", OTHER: "not listed" });
    const { values, errors } = read({ fromCredentials: ["ONE", "TWO", "LINES", "keys.env"] }, { environment: { CREDENTIALS_DIRECTORY } });
    expect(errors).toEqual([]);
    expect(values.credentials).toEqual({ ONE: CANARY, TWO: "no line end", LINES: "a\nb\n", A: "1", B: "2" });
  });

  it("from the gateway's environment, by name and nothing else", () => {
    expect(read({ fromEnvironment: ["A"] }, { environment: { A: "1", B: "2" } })).toEqual({ values: { credentials: {}, config: {}, environment: { A: "1" } }, errors: [], unseen: [] });
  });

  it("from SecretRefs that OpenClaw resolved", () => {
    expect(read({ values: { A: "resolved" } }).values.config).toEqual({ A: "resolved" });
  });
});

describe("what is wrong is an error that names the key and no value, and leaves the rest readable", () => {
  it.each<[string, Partial<SourceConfig>, Partial<Surroundings>, RegExp]>([
    ["a variable that is not there", { fromEnvironment: ["A", "OK"] }, { environment: { OK: "1" } }, /fromEnvironment: the gateway's environment has no A/],
    ["a name that subverts", { fromEnvironment: ["PATH", "OK"] }, { environment: { PATH: CANARY, OK: "1" } }, /PATH would change what programs run/],
    ["a SecretRef that is not resolved", { values: { A: { source: "env", provider: "default", id: CANARY }, OK: "1" } }, {}, /secrets\.values\.A is a SecretRef that OpenClaw could not resolve/],
    ["plain text", { values: { A: CANARY, OK: "1" } }, { plaintext: ["A"] }, /secrets\.values\.A stands in the configuration in plain text/],
    ["a number", { values: { A: 7, OK: "1" } }, {}, /secrets\.values\.A is a SecretRef that/],
    ["a NUL byte", { fromEnvironment: ["A", "OK"] }, { environment: { A: `${CANARY}\0`, OK: "1" } }, /A holds a NUL byte/],
    ["a value that is too long", { values: { A: "x".repeat(200_000), OK: "1" } }, {}, /A is longer than/],
    ["no credentials directory", { fromCredentials: ["A"], fromEnvironment: ["OK"] }, { environment: { OK: "1" } }, /the gateway has no credentials directory/],
    ["a relative credentials directory", { fromCredentials: ["A"], fromEnvironment: ["OK"] }, { environment: { OK: "1", CREDENTIALS_DIRECTORY: "." } }, /no credentials directory/],
  ])("%s", (_, config, surroundings, message) => {
    const { values, errors } = read(config, surroundings);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "secrets-source-invalid", message: expect.stringMatching(message) as string });
    expect(errors[0]!.message + errors[0]!.remedy).not.toContain(CANARY);
    expect(Object.assign({}, ...Object.values(values))).toEqual({ OK: "1" });
  });

  it.each<[string, (file: string) => void]>([
    ["missing", () => {}],
    ["a link", (file) => symlinkSync("/etc/hostname", file)],
    ["a directory", (file) => mkdirSync(file)],
    ["open to others", (file) => (writeFileSync(file, `A=${CANARY}`), chmodSync(file, 0o404))],
    ["writable for the group", (file) => (writeFileSync(file, `A=${CANARY}`), chmodSync(file, 0o420))],
    ["not UTF-8", (file) => writeFileSync(file, Buffer.from([0xff, 0xfe]), { mode: 0o400 })],
    ["a broken secrets file", (file) => writeFileSync(file, `A='${CANARY}`, { mode: 0o400 })],
  ])("a credential that is %s", (_, make) => {
    const CREDENTIALS_DIRECTORY = credentials({});
    make(join(CREDENTIALS_DIRECTORY, "keys.env"));
    const { errors, values } = read({ fromCredentials: ["keys.env"] }, { environment: { CREDENTIALS_DIRECTORY } });
    expect(errors).toHaveLength(1);
    expect(`${errors[0]!.message}${errors[0]!.remedy}`).toContain("keys.env");
    expect(errors[0]!.message + errors[0]!.remedy).not.toContain(CANARY);
    expect(values.credentials).toEqual({});
  });

  it("one name twice in the credentials", () => {
    const CREDENTIALS_DIRECTORY = credentials({ A: "1", "keys.env": "A=2\n" });
    expect(read({ fromCredentials: ["A", "keys.env"] }, { environment: { CREDENTIALS_DIRECTORY } }).errors[0]!.message).toBe("secrets: A comes from two credentials.");
  });
});

it("is unseen, not missing, outside the gateway; only plain text is an error there, too", () => {
  const { values, errors, unseen } = read({ fromCredentials: ["C"], fromEnvironment: ["E"], values: { R: {}, P: CANARY } }, { inGateway: false, environment: { E: "the command's own" }, plaintext: ["P"] });
  expect(values).toEqual({ credentials: {}, config: {}, environment: {} });
  expect(unseen).toEqual(["C", "R", "E"]);
  expect(errors.map(({ message }) => message)).toEqual(["secrets.values.P stands in the configuration in plain text."]);
});
