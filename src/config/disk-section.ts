import { type Static, Type } from "@sinclair/typebox";
import type { DiskMarks } from "../model/sandbox.ts";

const closed = { additionalProperties: false };
const SIZE = { pattern: "^[1-9][0-9]*[bkmgt]$" };
const FILES = { minimum: 1, maximum: 1_000_000_000 };
const HOW = "a whole number and one of b, k, m, g, t";

/** `disk`: what a sandbox may take on the disk, which no engine limits for a directory that is mounted. */
export const DiskSection = Type.Object(
  {
    warn: Type.Object(
      {
        size: Type.String({ ...SIZE, default: "20g", description: `A sandbox whose writable directories take more is a finding: ${HOW}.` }),
        files: Type.Integer({ ...FILES, default: 1_000_000, description: "The same for the number of files and directories." }),
        log: Type.String({ ...SIZE, default: "1g", description: `The same for the log that the engine keeps of it: ${HOW}.` }),
      },
      { ...closed, default: {}, description: "Beyond these a sandbox is named in the status." },
    ),
    freeze: Type.Object(
      {
        size: Type.Optional(Type.String({ ...SIZE, description: `A sandbox whose writable directories take more is paused, until they take less: ${HOW}. Absent: never.` })),
        files: Type.Optional(Type.Integer({ ...FILES, description: "The same for the number of files and directories." })),
        log: Type.Optional(Type.String({ ...SIZE, description: `The same for the log that the engine keeps of it: ${HOW}.` })),
      },
      { ...closed, default: {}, description: "Beyond these a sandbox is paused, and gets no new commands. Nothing is paused by default." },
    ),
  },
  { ...closed, default: {}, description: "What a sandbox may take on the disk; looked at every five minutes, and less often where that takes long." },
);

export interface DiskConfig {
  readonly warn: DiskMarks;
  readonly freeze: DiskMarks;
}

/** @param size bytes of a text, or an error that names the key */
export function resolveDisk({ warn, freeze }: Static<typeof DiskSection>, size: (key: string, text: string) => number): DiskConfig {
  const marks = (section: string, { size: bytes, files, log }: Static<typeof DiskSection>["freeze"]): DiskMarks => ({
    ...(bytes === undefined ? {} : { bytes: size(`disk.${section}.size`, bytes) }),
    ...(files === undefined ? {} : { files }),
    ...(log === undefined ? {} : { log: size(`disk.${section}.log`, log) }),
  });
  return { warn: marks("warn", warn), freeze: marks("freeze", freeze) };
}
