/** One thing that a timer of the system starts. */
export interface Job {
  readonly id: "health" | "sweep" | "maintenance";
  readonly description: string;
  /** Arguments of `bin/fortress.mjs`. */
  readonly args: readonly string[];
  readonly schedule: { readonly everySeconds: number } | { readonly dailyAtHour: number };
  readonly maxMinutes: number;
  /** True for what starts no container engine: only that can be shut in. */
  readonly confined: boolean;
}

export const JOBS: readonly Job[] = [
  { id: "health", description: "look after OpenClaw's service", args: ["health", "--heal"], schedule: { everySeconds: 180 }, maxMinutes: 4, confined: true },
  { id: "sweep", description: "look after sandboxes while OpenClaw's service does not run", args: ["sweep"], schedule: { everySeconds: 300 }, maxMinutes: 5, confined: false },
  // An hour after a gateway that runs begins with it.
  { id: "maintenance", description: "do OpenClaw's daily maintenance when its service does not", args: ["maintenance", "--timer"], schedule: { dailyAtHour: 4 }, maxMinutes: 360, confined: false },
];

/** What the texts of the units are made of. Paths are absolute. */
export interface Surroundings {
  readonly node: string;
  /** `bin/fortress.mjs` of the installed plugin. */
  readonly program: string;
  readonly stateDir: string;
  /** What tells this OpenClaw from the default one: names and values of `OPENCLAW_…`. Never a secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly profile: string | undefined;
}

/** OpenClaw takes everything that begins with `openclaw-gateway` for a gateway. */
export function unitName({ id }: Pick<Job, "id">, { profile }: Pick<Surroundings, "profile">): string {
  return `openclaw-fortress-${id}${profile === undefined ? "" : `-${profile}`}`;
}

/** A file that belongs to the system's timers. */
export interface UnitFile {
  /** Its name without a folder. */
  readonly name: string;
  readonly text: string;
}
