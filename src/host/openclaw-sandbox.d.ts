/**
 * The part of OpenClaw's sandbox SDK that fortress uses; OpenClaw 2026.9.6 ships no types for it.
 * Every function may be missing at run time: other versions have other seams.
 */
declare module "openclaw/plugin-sdk/sandbox" {
  interface DockerConfig {
    user?: string;
    workdir: string;
    readOnlyRoot?: boolean;
    capDrop?: string[];
    tmpfs?: string[];
    network?: string;
    env?: Record<string, string>;
    ulimits?: Record<string, unknown>;
    seccompProfile?: string;
    gpus?: string;
    binds?: string[];
    setupCommand?: string;
    memory?: string | number;
    memorySwap?: string | number;
    cpus?: number;
    pidsLimit?: number;
    dangerouslyAllowExternalBindSources?: boolean;
    dangerouslyAllowReservedContainerTargets?: boolean;
    dangerouslyAllowContainerNamespaceJoin?: boolean;
  }
  interface CreateParams {
    sessionKey: string;
    scopeKey: string;
    workspaceDir: string;
    agentWorkspaceDir: string;
    skillsWorkspaceDir?: string;
    cfg: {
      workspaceAccess: "none" | "ro" | "rw";
      docker: DockerConfig;
      browser: { enabled: boolean; binds?: string[] };
    };
  }
  interface ExecSpec {
    argv: string[];
    env: NodeJS.ProcessEnv;
    finalizeToken?: unknown;
  }
  interface Handle {
    runtimeId: string;
    buildExecSpec(call: { command: string; workdir?: string; env: Record<string, string>; usePty: boolean }): Promise<ExecSpec>;
    runShellCommand?(call: { script: string; args?: string[]; stdin?: string }): Promise<{ code: number }>;
    /** What the file tools work through; since 2026.9.5. */
    createFsBridge?: (call: object) => object;
    finalizeExec?(result: { status: "completed" | "failed"; exitCode: number | null; timedOut: boolean; token?: unknown }): Promise<void>;
  }
  type Factory = (params: CreateParams) => Promise<Handle>;
  interface Registration {
    factory: Factory;
    manager?: unknown;
    resolveWorkdir?: unknown;
    capabilities?: { readOnlyResourceMounts?: boolean };
  }
  const registerSandboxBackend: ((id: string, registration: Registration) => () => void) | undefined;
  const getSandboxBackendFactory: ((id: string) => Factory | null) | undefined;
  const getSandboxBackendManager: ((id: string) => unknown) | undefined;
  const getSandboxBackendWorkdirResolver: ((id: string) => unknown) | undefined;
}
