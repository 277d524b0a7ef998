/** The part of an OCI runtime configuration that is judged. Source: opencontainers/runtime-spec, config-linux.md. */
export interface OciConfig {
  readonly seccomp: OciSeccomp | undefined;
  readonly deviceRules: readonly OciDeviceRule[];
  readonly devices: readonly string[];
}

export interface OciSeccomp {
  readonly defaultAction: string;
  readonly rules: readonly { readonly names: readonly string[]; readonly action: string; readonly conditional: boolean }[];
}

export interface OciDeviceRule {
  readonly allow: boolean;
  readonly type: string;
  readonly major: number | undefined;
  readonly minor: number | undefined;
}

/** @returns undefined for what is no OCI configuration */
export function parseOci(text: string | undefined): OciConfig | undefined {
  try {
    const { linux } = JSON.parse(text ?? "") as Raw;
    if (!linux) return undefined;
    const { seccomp, resources, devices } = linux;
    return {
      seccomp: seccomp && {
        defaultAction: seccomp.defaultAction,
        rules: (seccomp.syscalls ?? []).map(({ names, action, args }) => ({ names, action, conditional: (args?.length ?? 0) > 0 })),
      },
      deviceRules: (resources?.devices ?? []).map(({ allow, type = "a", major, minor }) => ({ allow, type, major: wildcard(major), minor: wildcard(minor) })),
      devices: (devices ?? []).map(({ path, type }) => `${path} (${type})`),
    };
  } catch {
    return undefined;
  }
}

/** -1 is "any" there. */
function wildcard(number: number | null | undefined): number | undefined {
  return number === undefined || number === null || number < 0 ? undefined : number;
}

interface Raw {
  readonly linux?: {
    readonly seccomp?: { readonly defaultAction: string; readonly syscalls?: readonly { readonly names: readonly string[]; readonly action: string; readonly args?: readonly unknown[] | null }[] | null };
    readonly resources?: { readonly devices?: readonly { readonly allow: boolean; readonly type?: string; readonly major?: number | null; readonly minor?: number | null }[] | null };
    readonly devices?: readonly { readonly path: string; readonly type: string }[] | null;
  };
}

/** System calls of these that the filter lets through whatever their arguments are. */
export function letThrough({ defaultAction, rules }: OciSeccomp, names: readonly string[]): string[] {
  const allows = (action: string): boolean => ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY"].includes(action);
  return names.filter((name) => {
    const own = rules.filter((rule) => rule.names.includes(name));
    return own.length === 0 ? allows(defaultAction) : own.some(({ action, conditional }) => allows(action) && !conditional);
  });
}
