/** Where a gateway listens, by its configuration: always at 127.0.0.1, whatever else it is bound to. */
export interface Endpoint {
  readonly port: number;
  readonly tls: boolean;
}

interface GatewaySection {
  readonly port?: unknown;
  readonly tls?: { readonly enabled?: unknown };
}

const DEFAULT_PORT = 18_789;

/**
 * Source: OpenClaw's `config/paths`, `resolveGatewayPort`, and `gateway/net`, `resolveGatewayRequiredListenHosts`.
 *
 * @param config OpenClaw's configuration, includes resolved
 */
export function endpointOf(config: { readonly gateway?: unknown }, env: Readonly<Record<string, string | undefined>>, profile: string | undefined): Endpoint {
  const gateway = (typeof config.gateway === "object" && config.gateway !== null ? config.gateway : {}) as GatewaySection;
  const { port } = gateway;
  const configured = typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  return {
    port: portOf(env.OPENCLAW_GATEWAY_PORT) ?? configured ?? (profile === undefined ? DEFAULT_PORT : profilePort(profile)),
    tls: gateway.tls?.enabled === true,
  };
}

/** `18789`, `host:18789` or `[::1]:18789`. */
function portOf(raw: string | undefined): number | undefined {
  const digits = /^(?:\[[^\]]+\]:|[^:]+:)?(\d{1,5})$/.exec(raw?.trim() ?? "")?.[1];
  const port = Number(digits);
  return port > 0 && port <= 65_535 ? port : undefined;
}

/** FNV-1a of the name, folded into 20000-59999. */
function profilePort(profile: string): number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(profile, "utf8")) hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  return 20_000 + (hash % 40_000);
}
