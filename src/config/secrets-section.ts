import { Type } from "@sinclair/typebox";

const NAME = "[A-Za-z_][A-Za-z0-9_]*";

/** `secrets` of the configuration. */
export const SecretsSection = Type.Object(
  {
    file: Type.String({
      pattern: "^(~/|/)",
      default: "~/.config/openclaw-secrets/secrets.env",
      description: "The secrets file: mode 0600 in a directory of mode 0700, outside everything that is mounted.",
    }),
    fromCredentials: Type.Array(Type.String({ pattern: `^(${NAME}|[A-Za-z0-9_][A-Za-z0-9_.-]*\\.env)$` }), {
      default: [],
      description: "Credentials of the gateway's systemd service: NAME is one secret, an id that ends in .env is a secrets file.",
    }),
    values: Type.Record(Type.String({ pattern: `^${NAME}$` }), Type.Unknown(), {
      additionalProperties: false,
      default: {},
      description: "Name to SecretRef ({source, provider, id}), which OpenClaw resolves. Plain text is refused.",
    }),
    fromEnvironment: Type.Array(Type.String({ pattern: `^${NAME}$` }), {
      default: [],
      description: "Names of variables of the gateway's own environment, for example from an EnvironmentFile of its service.",
    }),
    grants: Type.Record(Type.String(), Type.Array(Type.String({ pattern: `^(${NAME}\\*?|\\*)$` })), {
      default: { "*": ["*"] },
      description: 'Which agent gets which secrets: agent id, or "*" for every agent without a line of its own, to names or PREFIX_* patterns.',
    }),
    delivery: Type.Union([Type.Literal("auto"), Type.Literal("env"), Type.Literal("stdin")], {
      default: "auto",
      description: "How secrets reach a command. env: environment of the engine's exec. stdin: over standard input into the sandbox's tmpfs, one engine call more. auto: env, but stdin where the engine would keep the environment on disk.",
    }),
  },
  { additionalProperties: false, default: {}, description: "Keys that the commands of a sandbox get in their environment." },
);
