import { posix } from "node:path";
import { type Static, Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };
const PLACE = "^(~/|/)";
const count = (fallback: number, what: string) => Type.Integer({ minimum: 0, maximum: 1_000, default: fallback, description: `How many ${what} sets are kept.` });

/** `backups`: what is done against the loss of the gateway's state. */
export const BackupsSection = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: "Make a backup every day, from the gateway. false: only on demand." }),
    hour: Type.Integer({ minimum: 0, maximum: 23, default: 3, description: "Hour of the local day at which it is made; a gateway that was down then makes it when it starts." }),
    directory: Type.String({ pattern: PLACE, default: "~/.local/state/openclaw-backups", description: "Where the sets lie, each state directory's in a folder of its own: outside of the state directory and of everything that is mounted, for the gateway's user only." }),
    keep: Type.Object(
      { daily: Type.Integer({ minimum: 1, maximum: 1_000, default: 7, description: "How many daily sets are kept." }), weekly: count(4, "weekly"), monthly: count(6, "monthly") },
      { ...closed, default: {}, description: "Which sets stay; the newest verified one in any case." },
    ),
    workspaces: Type.String({ pattern: "^[1-9][0-9]*[bkmgt]$", default: "1g", description: "How much of what sandboxes can write goes into one set: a whole number and one of b, k, m, g, t." }),
    recipients: Type.Array(Type.String({ pattern: "^age1[0-9a-z]+$" }), { default: [], maxItems: 20, description: "Recipients of age (age1…), who alone can then read the sets. None: not encrypted." }),
    afterwards: Type.Optional(
      Type.Union([Type.String({ pattern: PLACE }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
        description: "Takes each verified set elsewhere: a directory that it is copied to, or a command with its arguments, which gets the path of the set as last one.",
      }),
    ),
    startMinutes: Type.Number({ minimum: 0, maximum: 1_440, default: 10, description: "How long after its start the gateway waits before it makes a backup that is due." }),
    minutes: Type.Integer({ minimum: 1, maximum: 1_440, default: 60, description: "How long one run may take." }),
  },
  { ...closed, default: {}, description: "Backups of the gateway's state." },
);

export interface BackupsConfig extends Pick<Static<typeof BackupsSection>, "enabled" | "hour" | "keep" | "recipients" | "startMinutes" | "minutes"> {
  /** Absolute. */
  readonly directory: string;
  /** Bytes. */
  readonly workspaces: number;
  readonly afterwards?: string | readonly string[];
}

/** @param home the directory that `~` stands for */
export function resolveBackups({ directory, workspaces, afterwards, ...rest }: Static<typeof BackupsSection>, home: string, size: (key: string, text: string) => number): BackupsConfig {
  const expand = (path: string): string => posix.normalize(path.replace(/^~(?=\/)/, home));
  return {
    ...rest,
    directory: expand(directory),
    workspaces: size("backups.workspaces", workspaces),
    ...(afterwards === undefined ? {} : { afterwards: typeof afterwards === "string" ? expand(afterwards) : afterwards }),
  };
}
