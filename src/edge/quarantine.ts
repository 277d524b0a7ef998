import { mkdirSync, rmSync } from "node:fs";
import { posix } from "node:path";
import type { Quarantined, QuarantineFile } from "../model/quarantine.ts";
import { readRegularFile } from "./files.ts";
import { replaceFile } from "./replace.ts";

const MAX_BYTES = 2 ** 20;
const FULL_ID = /^[0-9a-f]{64}$/;

/** @param directory for the owner only; made where it is missing */
export function createQuarantineFile(directory: string): QuarantineFile {
  const path = posix.join(directory, "quarantine.json");
  return {
    path,
    read() {
      try {
        return understand(JSON.parse(readRegularFile(path, { maxBytes: MAX_BYTES, followLinks: false }).text));
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? [] : undefined;
      }
    },
    write(all) {
      if (all.length === 0) return rmSync(path, { force: true });
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      rmSync(`${path}.draft`, { recursive: true, force: true });
      replaceFile(path, `${JSON.stringify(all)}\n`);
    },
  };
}

function understand(value: unknown): readonly Quarantined[] | undefined {
  return Array.isArray(value) && value.every(isQuarantined) ? value : undefined;
}

function isQuarantined(value: unknown): value is Quarantined {
  const { engine, id, name, scope, since, because } = (value ?? {}) as Partial<Record<keyof Quarantined, unknown>>;
  return (engine === "podman" || engine === "docker") && typeof id === "string" && FULL_ID.test(id) && [name, since, because].every((each) => typeof each === "string") && (scope === undefined || typeof scope === "string");
}
