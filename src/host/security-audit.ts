import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { sharedSurface } from "./shared.ts";

type Collector = Parameters<OpenClawPluginApi["registerSecurityAuditCollector"]>[0];

/** The findings of the status, for `openclaw security audit` of hosts that ask plugins; 2026.9.6 does not. */
export const auditCollector: Collector = async () => {
  const report = await sharedSurface()?.status();
  return (report?.findings ?? []).map(({ id, severity, detail, remedy }) => ({ checkId: `fortress.${id}`, severity, title: `fortress: ${id}`, detail, remediation: remedy }));
};
