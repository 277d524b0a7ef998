import { createRequire } from "node:module";
import { readRegularFile, realpathThroughAncestors } from "./files.ts";

const MAX_BYTES = 16 * 2 ** 20;

/** Reads configuration files as OpenClaw does: through links, JSON first and JSON5 where it is none. */
export const configReader = {
  read: (path: string): string => readRegularFile(path, { maxBytes: MAX_BYTES, followLinks: true }).text.replace(/^\uFEFF/, ""),
  real: realpathThroughAncestors,
  parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      // Loaded only where it is needed: the probe runs every few minutes.
      return (createRequire(import.meta.url)("json5") as typeof import("json5")).parse(text);
    }
  },
};
