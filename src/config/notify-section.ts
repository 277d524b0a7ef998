import { Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };

/** `notify`: how the operator is told. */
export const NotifySection = Type.Object(
  {
    channel: Type.Optional(
      Type.Object(
        {
          channel: Type.String({ minLength: 1, maxLength: 64, description: 'One of OpenClaw\'s channels, for example "telegram".' }),
          to: Type.String({ minLength: 1, maxLength: 256, description: "Whom the channel sends it to, as openclaw message send --target takes it." }),
          accountId: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "Which account of the channel sends it, where there are several." })),
        },
        { ...closed, description: "Messages by one of OpenClaw's channels, as long as the gateway runs." },
      ),
    ),
    command: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), { minItems: 1, maxItems: 64, description: "A program with its arguments that gets each message on standard input. It is run without a shell, where there is no channel or the channel fails." })),
    webhook: Type.Optional(Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 2_048, description: 'An address that gets each message as JSON, {"text": "…"}, where there is no channel and no command or they fail.' })),
    perHour: Type.Integer({ minimum: 1, maximum: 60, default: 6, description: "How many messages an hour may have; what is more is told with the next one." }),
  },
  { ...closed, default: {}, description: "Who is told when something turns critical, when the gateway was restarted, and when the maintenance or a backup failed or is incomplete." },
);
