import { Type } from "@sinclair/typebox";
import { ReportSchema } from "../../report/schema.ts";
import { closed, Engine, known, Text, Texts, words } from "./parts.ts";

export const MountsSchema = Type.Array(Type.Pick(ReportSchema.properties.sandboxes.items, ["name", "agentId", "running", "mounts", "hidden"], closed));

const Mode = words("ro", "rw");
const Reasons = Type.Array(Type.Object({ what: Text, because: Text }, closed));

export const ExplanationSchema = Type.Object(
  {
    agentId: Text,
    sandboxes: Type.Array(
      Type.Object(
        {
          name: Text,
          engine: Engine,
          running: Type.Boolean(),
          refused: known(Type.String({ description: "why today's configuration would refuse it" }), "it would not"),
          mounts: Type.Array(Type.Object({ target: Type.String({ description: "path in the sandbox" }), planned: known(Mode, "today's configuration asks for no such mount"), actual: known(Mode, "it is not mounted"), because: Text }, closed)),
          hidden: Reasons,
          limits: Reasons,
          posture: Reasons,
          secrets: Type.Array(Type.Object({ what: Type.String({ description: "its name, never its value" }), because: Text }, closed)),
        },
        closed,
      ),
    ),
  },
  closed,
);

/** Of `lockdown` and of `thaw`; the lists are names of sandboxes. */
export const LockdownSchema = Type.Object(
  {
    state: Type.Optional(Type.Object({ since: Type.Optional(Type.String({ description: "ISO 8601; absent where that can't be read any more" })), because: Text }, { ...closed, description: "absent where nothing is locked down" })),
    paused: Texts,
    stopped: Type.Array(Text, { description: "those that the engine can't pause" }),
    resumed: Texts,
    failed: Type.Array(Text, { description: "what could not be done or seen" }),
  },
  closed,
);

export const SweptSchema = Type.Object({ done: Type.Literal(true), sandboxes: Type.Array(Text, { description: "their names" }), findings: ReportSchema.properties.findings }, closed);

/** Where a command that may have nothing to do had nothing to do. */
export const NotDoneSchema = Type.Object({ done: Type.Literal(false), because: Text }, closed);
