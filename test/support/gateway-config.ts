import type { ScriptedModel } from "./model.ts";
import { MODEL_ID } from "./model.ts";

export type Json = { [key: string]: unknown };

export interface GatewayConfigInput {
  readonly port: number;
  readonly token: string;
  readonly model: Pick<ScriptedModel, "url">;
  readonly image: string;
  readonly containerPrefix: string;
  readonly logFile: string;
  readonly plugin: { readonly config: Json } | undefined;
  readonly sandbox: Json;
  readonly overrides: Json;
}

/** A complete openclaw.json for a gateway that talks to nobody but loopback. */
export function gatewayConfig(input: GatewayConfigInput): Json {
  const sandbox = merge(
    {
      mode: "all",
      backend: "podman",
      scope: "agent",
      workspaceAccess: "rw",
      docker: { image: input.image, containerPrefix: input.containerPrefix },
    },
    input.sandbox,
  );
  const base: Json = {
    gateway: { mode: "local", bind: "loopback", port: input.port, auth: { mode: "token", token: input.token } },
    agents: {
      defaults: {
        model: { primary: `scripted/${MODEL_ID}` },
        skipBootstrap: true,
        heartbeat: { every: "0m" },
        sandbox,
      },
    },
    models: {
      mode: "replace",
      catalogRefresh: { enabled: false },
      providers: {
        scripted: {
          baseUrl: input.model.url,
          apiKey: "unused",
          api: "openai-completions",
          models: [{ id: MODEL_ID, name: "Scripted", input: ["text"], reasoning: false, contextWindow: 200_000, maxTokens: 8_192 }],
        },
      },
    },
    // With its default compact list the model could only search for tools, not call them by name.
    tools: { toolSearch: false, codeMode: false, exec: { host: "sandbox", security: "full", ask: "off" } },
    logging: { file: input.logFile },
    // At work, OpenClaw's own cleaning of sessions and its closing of another agent's database can wait for each
    // other, for ten seconds; after that every turn fails until the gateway is started anew.
    session: { maintenance: { mode: "warn" } },
    cron: { enabled: false },
    update: { checkOnStart: false },
    telemetry: { enabled: false },
    discovery: { mdns: { mode: "off" } },
    ...(input.plugin && { plugins: { entries: { fortress: { enabled: true, config: input.plugin.config } } } }),
  };
  return merge(base, input.overrides);
}

/** Deep-merges objects; everything else, arrays included, is replaced. */
export function merge(base: Json, extra: Json): Json {
  const merged: Json = { ...base };
  for (const [key, value] of Object.entries(extra)) {
    const present = merged[key];
    merged[key] = isObject(present) && isObject(value) ? merge(present, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
