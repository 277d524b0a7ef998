import { Type } from "@sinclair/typebox";

/** `health`: what is done about a gateway that does not answer. */
export const HealthSection = Type.Object(
  {
    restart: Type.Boolean({ default: true, description: "Restart the gateway's service when it has not answered three times. false: only report it and tell the operator." }),
    startMinutes: Type.Number({ exclusiveMinimum: 0, maximum: 120, default: 5, description: "How long a gateway that was just started may be silent; three times as long where it says that it is starting." }),
  },
  { additionalProperties: false, default: {}, description: "What is done about a gateway that does not answer." },
);
