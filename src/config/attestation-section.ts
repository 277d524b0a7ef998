import { Type } from "@sinclair/typebox";

/** `attestation`: what is done about a sandbox of which the kernel says that something critical does not hold. */
export const AttestationSection = Type.Object(
  {
    mode: Type.Union([Type.Literal("enforce"), Type.Literal("audit")], {
      default: "enforce",
      description: "What to do when a critical check fails on a sandbox, or a command of a sandboxed agent is about to run on the host. enforce: no command runs. audit: let it run and raise a finding.",
    }),
  },
  { additionalProperties: false, default: {}, description: "Every command needs a fresh verdict of the quick checks on its sandbox." },
);
