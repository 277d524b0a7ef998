import { Type } from "@sinclair/typebox";
import { closed, Count, Text, Texts, words } from "./parts.ts";

const Name = Type.String({ description: "of a secret; its value is in no output" });

/** Of `secrets list` and of `secrets check`. */
export const OverviewSchema = Type.Object(
  {
    file: Type.String({ description: "where secrets are kept" }),
    entries: Type.Array(
      Type.Object(
        {
          name: Name,
          source: words("file", "credentials", "config", "environment"),
          seen: Type.Boolean({ description: "false: only the gateway sees it, and nobody looked" }),
          agents: Type.Array(Text, { description: "whose commands get it" }),
        },
        closed,
      ),
    ),
    errors: Type.Array(Type.Object({ code: Text, message: Text, remedy: Text }, closed), { description: "sandboxes are refused until they are mended" }),
    notes: Texts,
  },
  closed,
);

export const MigrationSchema = Type.Object(
  {
    applied: Type.Boolean(),
    store: Text,
    steps: Type.Array(Text, { description: "what was or would be done, in order" }),
    notes: Texts,
    moved: Type.Array(Name),
  },
  closed,
);

export const ScanSchema = Type.Object(
  {
    complete: Type.Boolean({ description: "false: something was not searched, and no hits prove nothing" }),
    hits: Type.Array(Type.Object({ name: Name, form: words("plain", "base64", "URL-encoded", "hex", "JSON-escaped", "shell-quoted"), where: Text }, closed)),
    searched: Type.Object({ roots: Texts, files: Count, bytes: Count, secrets: Type.Array(Name) }, closed),
    tooShort: Type.Array(Name, { description: "their values are too short to be told from chance" }),
    skipped: Type.Array(
      Type.Object({ reason: words("link", "special file", "vanished", "other file system", "unreadable", "changed its type", "sparse", "too deep", "out of entries", "out of bytes", "out of time"), count: Count, examples: Texts }, closed),
    ),
    unseen: Type.Array(Text, { description: "what else was not searched" }),
  },
  closed,
);
