import { Type } from "@sinclair/typebox";
import { AttestationSchema } from "../schema.ts";

const closed = { additionalProperties: false };
const Severity = Type.Union([Type.Literal("info"), Type.Literal("warn"), Type.Literal("critical")]);

const ResultSchema = Type.Object(
  {
    id: Type.String({ description: "stable: <topic>.<what must hold>" }),
    title: Type.String({ description: "what must hold" }),
    severity: { ...Severity, description: "of a failure; info is shown and fails nothing" },
    maps: Type.Array(Type.String(), { description: "ids of the attack list; CIS-5.x of the CIS Docker Benchmark 1.6.0; PSS: Kubernetes Pod Security Standards, profile restricted" }),
    remedy: Type.String(),
    where: Type.Union([Type.Literal("inside"), Type.Literal("outside")], { description: "inside: tried in the sandbox as the agent's user; outside: read from the kernel on the host" }),
    state: Type.Union([Type.Literal("pass"), Type.Literal("fail"), Type.Literal("unknown"), Type.Literal("not-applicable")]),
    evidence: Type.String({ description: "what was seen; never a secret's value" }),
  },
  closed,
);

/**
 * The result as JSON: what `verify --json` and the gateway method `fortress.verify` give. Fields may be
 * added; none changes its meaning while `schemaVersion` stays.
 */
export const VerificationSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    verdict: Type.Union([Type.Literal("hardened"), Type.Literal("exposed"), Type.Literal("unknown")], {
      description: "exposed: something of severity warn or critical failed; unknown: something critical could not be looked at",
    }),
    quick: Type.Boolean({ description: "only what is read from the host" }),
    examinations: Type.Array(
      Type.Object(
        {
          sandbox: Type.String(),
          containerId: Type.String(),
          engine: Type.Union([Type.Literal("podman"), Type.Literal("docker")]),
          agentId: Type.Union([Type.String(), Type.Null({ description: "several agents share it" })]),
          attestation: AttestationSchema,
          results: Type.Array(ResultSchema),
        },
        closed,
      ),
    ),
    unseen: Type.Array(Type.String(), { description: "what kept a sandbox from being examined" }),
  },
  { ...closed, $id: "https://openclaw-fortress/verification/1", title: "Result of openclaw fortress verify" },
);
