import { posix } from "node:path";
import { FortressError } from "../model/errors.ts";
import type { NodeFacts } from "../model/ports.ts";
import { parseEnvFile } from "../secrets/env-file.ts";
import { splitGatewayEnv } from "../secrets/gateway-env.ts";
import { DROP_IN_MARK, dropInText, type MigrationPlan, type Original, planMigration, unfitForSystemd } from "../secrets/migrate.ts";
import { createSecretStore } from "../secrets/store.ts";
import type { Core } from "./core.ts";

export interface MigrateOptions {
  /** False: says what would be done, and does nothing. */
  readonly apply: boolean;
  readonly systemdDropIn: boolean;
}

export interface MigrationReport {
  readonly applied: boolean;
  readonly store: string;
  /** What is or would be done, in order; empty when nothing is left to do. */
  readonly steps: readonly string[];
  readonly notes: readonly string[];
  readonly moved: readonly string[];
}

export type Migrate = (options: MigrateOptions) => MigrationReport;

/** Where the original guide's set-up, and OpenClaw itself, keep keys in the state tree. */
const ORIGINALS = ["secrets.env", ".env"];
const GATEWAY_ENV = ".env";
const GATEWAY_UNIT = ".config/systemd/user/openclaw-gateway.service";
const DROP_IN = `${GATEWAY_UNIT}.d/secrets.conf`;

const ENV_FILE = /\.env(\.|$)/;

interface Found extends Original {
  readonly version: string;
}

/** An original with what stays in it: names, and the text that is left. */
interface Source extends Found {
  readonly kept: readonly string[];
  readonly rest: string;
}

/** Moves secrets from the state tree to the store; the originals go last, after the store was read back. */
export function createMigrate({ edges, resolve }: Core): Migrate {
  const { storeEdge, privateFiles } = edges;
  const file = (): string => resolve().config.secrets.file;
  const look = (path: string): NodeFacts | undefined => storeEdge.facts(path).file;

  const readOwn = (path: string): Found | undefined => {
    const node = look(path);
    if (node === undefined) return undefined;
    if (node.kind !== "file") throw refused(`${path} is a link or not a regular file`, "Put the file itself there, or remove it.");
    if (node.uid !== storeEdge.uid) throw refused(`${path} belongs to uid ${node.uid}`, `chown ${storeEdge.uid} ${path}`);
    try {
      return { path, ...storeEdge.read(path) };
    } catch (cause) {
      throw refused(`${path} cannot be read (${cause instanceof Error ? cause.message : "unknown"})`, "Make it a UTF-8 file of your own.");
    }
  };

  const readOriginal = (name: string): Source | undefined => {
    const found = readOwn(posix.join(edges.stateDir, name));
    if (found === undefined || name !== GATEWAY_ENV) return found && { ...found, kept: [], rest: "" };
    const { secrets, kept, rest } = splitGatewayEnv(found.text, found.path);
    return { ...found, text: secrets, kept, rest };
  };

  const dropInStep = (): { path: string; text: string; exclusive: boolean } | undefined => {
    const unit = posix.join(edges.home, GATEWAY_UNIT);
    // A drop-in that appears together with its unit makes OpenClaw take its own installation back (`daemon/systemd-definition-mutation`).
    if (look(unit) === undefined) throw refused(`${unit} is not there, and with a drop-in before it OpenClaw can't install it`, "Run openclaw gateway install first. Without --systemd-drop-in the secrets are moved, and no more.");
    const path = posix.join(edges.home, DROP_IN);
    const text = dropInText(file(), edges.home);
    const present = readOwn(path)?.text;
    if (present === undefined) return { path, text, exclusive: true };
    const says = (each: string): string => each.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).join("\n");
    if (says(present) === says(text)) return undefined;
    if (!present.startsWith(DROP_IN_MARK)) throw refused(`${path} is there already and is not fortress's`, `Add this line to it by hand: ${text.trimEnd().split("\n").at(-1)}`);
    return { path, text, exclusive: false };
  };

  const permissions = (path: string, kind: "directory" | "file", mode: number): string | undefined => {
    const node = look(path);
    if (node === undefined) return kind === "directory" ? `make ${path} (mode 0700)` : undefined;
    if (node.kind !== kind || node.uid !== storeEdge.uid) throw refused(`${path} is not a ${kind} of your own`, "Move it away, or set secrets.file to another path.");
    return (node.mode & ~mode & 0o7777) === 0 ? undefined : `set the mode of ${path} to ${mode.toString(8).padStart(4, "0")}`;
  };

  const verify = (plan: MigrationPlan): void => {
    const stored = createSecretStore(file(), storeEdge).load();
    const wrong = [...plan.expected].filter(([name, secret]) => stored.get(name)?.reveal() !== secret.reveal()).map(([name]) => name);
    if (wrong.length > 0) throw refused(`the store does not give back ${wrong.join(", ")}`, "The originals are untouched. Look at the store's file, then run it again.");
  };

  return ({ apply, systemdDropIn }) => {
    const store = file();
    const directory = posix.dirname(store);
    const present = ORIGINALS.map(readOriginal).filter((each) => each !== undefined);
    const originals = present.map((each) => ({ ...each, names: [...parseEnvFile(each.text, each.path).keys()] })).filter(({ names }) => names.length > 0);
    const before = look(store) === undefined ? undefined : readOwn(store);
    const plan = planMigration(before?.text, originals);
    const dropIn = systemdDropIn ? dropInStep() : undefined;
    const gatewayEnv = originals.find(({ path }) => posix.basename(path) === GATEWAY_ENV);
    const directoryStep = originals.length > 0 || before !== undefined ? permissions(directory, "directory", 0o700) : undefined;
    const fileStep = permissions(store, "file", 0o600);

    const notes = present.filter(({ kept }) => kept.length > 0).map(({ path, kept }) => `${path} keeps ${[...new Set(kept)].join(", ")}: what configures OpenClaw or changes what programs run is no agent's secret.`);
    const others = edges.layout.list(edges.stateDir).filter((name) => ENV_FILE.test(name) && !ORIGINALS.includes(name));
    if (others.length > 0) notes.push(`Not moved: ${others.map((name) => posix.join(edges.stateDir, name)).join(", ")}. If one holds secrets, put them into ${store} by hand and remove it.`);
    if (gatewayEnv && !systemdDropIn) notes.push(`OpenClaw's gateway reads ${gatewayEnv.path} at its start. If it needs these keys itself, run this with --systemd-drop-in.`);
    if (systemdDropIn) {
      const unfit = unfitForSystemd(plan.expected);
      if (unfit.length > 0) notes.push(`systemd reads line breaks in values differently from fortress: ${unfit.join(", ")}.`);
      if (dropIn) notes.push("Then: systemctl --user daemon-reload && openclaw gateway restart");
    }
    const steps = [
      ...(directoryStep === undefined ? [] : [directoryStep]),
      ...(fileStep === undefined ? [] : [fileStep]),
      ...(plan.text === undefined ? [] : [`add ${plan.adds.map(({ name }) => name).join(", ")} to ${store} (mode 0600)`]),
      ...(originals.length === 0 ? [] : ["read the store back and compare every value"]),
      ...(dropIn === undefined ? [] : [`write ${dropIn.path}`]),
      ...originals.map(({ path, kept, names }) => (kept.length === 0 ? `remove ${path}` : `take ${names.join(", ")} out of ${path}`)),
    ];
    const report: MigrationReport = { applied: apply, store, steps, notes, moved: plan.adds.map(({ name }) => name) };
    if (!apply) return report;

    attempt(() => {
      if (directoryStep !== undefined) privateFiles.directory(directory, 0o700);
      if (fileStep !== undefined) privateFiles.mode(store, 0o600);
      if (plan.text !== undefined) {
        // Metadata may have changed by our own hand; what was read must still be what is there.
        if (before !== undefined && storeEdge.read(store).text !== before.text) throw refused(`${store} changed meanwhile`, "Run it again. Nothing was moved.");
        privateFiles.replace(store, plan.text, { exclusive: before === undefined });
      }
    }, store);
    if (originals.length > 0) verify(plan);
    if (dropIn !== undefined) {
      attempt(() => {
        if (look(posix.dirname(dropIn.path)) === undefined) privateFiles.directory(posix.dirname(dropIn.path), 0o700);
        privateFiles.replace(dropIn.path, dropIn.text, dropIn);
      }, dropIn.path);
    }
    for (const { path, version, kept, rest } of originals) {
      if (look(path)?.version !== version) throw refused(`${path} changed meanwhile and was left where it is`, "Run it again.");
      attempt(() => (kept.length === 0 ? privateFiles.remove(path) : privateFiles.replace(path, rest, { exclusive: false })), path);
    }
    return report;
  };
}

function attempt(action: () => void, path: string): void {
  try {
    action();
  } catch (cause) {
    if (cause instanceof FortressError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "EEXIST") throw refused(`${path} or ${path}.new came into being meanwhile`, `Another run may be at work; if there is none, remove ${path}.new and run it again.`);
    throw refused(`${path} could not be written (${code})`, "The originals are untouched. Mend what the code says, then run it again.");
  }
}

function refused(what: string, remedy: string): FortressError {
  return new FortressError("secrets-migration-refused", `${what}.`, remedy);
}
