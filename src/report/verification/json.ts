import type { Verification } from "../../model/check.ts";

/** By the schema in schema.ts. */
export function renderJson({ examinations, ...rest }: Verification): string {
  return JSON.stringify({ ...rest, examinations: examinations.map((each) => ({ ...each, agentId: each.agentId ?? null })) }, null, 2);
}
