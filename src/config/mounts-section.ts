import { type Static, Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };
const PROFILE = "What a sandbox sees. standard: its workspace and, read-only, the entries of the state directory that agents need. minimal: its workspace only.";

const Added = Type.Object(
  {
    source: Type.String({ pattern: "^(~/|/)", description: "A directory of the host." }),
    target: Type.Optional(Type.String({ pattern: "^/", description: "Where the sandbox sees it; the same path as on the host by default." })),
    mode: Type.Optional(Type.Union([Type.Literal("ro"), Type.Literal("rw")], { description: 'ro, which is the default, or rw.' })),
    purpose: Type.String({ minLength: 3, description: "What the agent needs it for." }),
  },
  closed,
);
const AddedList = Type.Array(Added, { default: [], description: "Further directories: source, target, mode and purpose each. They are judged like the operator's own binds." });
const Profile = Type.Union([Type.Literal("standard"), Type.Literal("minimal")], { default: "standard", description: PROFILE });

export const MountsSection = Type.Object(
  {
    profile: Profile,
    add: AddedList,
    agents: Type.Record(
      Type.String(),
      Type.Object({ profile: Type.Optional(Type.Union([Type.Literal("standard"), Type.Literal("minimal")])), add: Type.Optional(Type.Array(Added)) }, closed),
      { default: {}, description: "Agent id to a profile of its own and to directories that only this agent gets." },
    ),
  },
  { ...closed, default: {}, description: "What sandboxes see of the host." },
);

export interface MountsConfig {
  readonly profile: "standard" | "minimal";
  readonly add: readonly AddedDirectory[];
  readonly agents: Readonly<Record<string, { readonly profile?: "standard" | "minimal"; readonly add?: readonly AddedDirectory[] }>>;
}

export interface AddedDirectory {
  readonly source: string;
  readonly target: string;
  readonly mode: "ro" | "rw";
  readonly purpose: string;
}

/** Fills in what one added directory leaves out. @param home the directory that `~` stands for */
export function resolveMounts({ profile, add, agents }: Static<typeof MountsSection>, home: string): MountsConfig {
  const directories = (list: Static<typeof AddedList>): AddedDirectory[] =>
    list.map(({ source, target, mode = "ro", purpose }) => {
      const path = source.replace(/^~(?=\/)/, home);
      return { source: path, target: target ?? path, mode, purpose };
    });
  const entries = Object.entries(agents).map(([id, agent]) => [id, { ...agent, ...(agent.add ? { add: directories(agent.add) } : {}) }] as const);
  return { profile, add: directories(add), agents: Object.fromEntries(entries) as MountsConfig["agents"] };
}

/** What holds for one agent; undefined is a sandbox that several agents share. */
export function profileOf({ profile, add, agents }: MountsConfig, agentId: string | undefined): { readonly name: "standard" | "minimal"; readonly add: readonly AddedDirectory[] } {
  const own = agentId !== undefined && Object.hasOwn(agents, agentId) ? agents[agentId]! : {};
  return { name: own.profile ?? profile, add: [...add, ...(own.add ?? [])] };
}
