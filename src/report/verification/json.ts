import type { Examination, Verification } from "../../model/check.ts";

/** JSON has no `undefined`. */
export interface VerificationJson extends Omit<Verification, "examinations"> {
  readonly examinations: readonly (Omit<Examination, "agentId"> & { readonly agentId: string | null })[];
}

/** By the schema in schema.ts: what `verify --json` and the gateway's method `fortress.verify` give. */
export function verificationJson({ examinations, ...rest }: Verification): VerificationJson {
  return { ...rest, examinations: examinations.map((each) => ({ ...each, agentId: each.agentId ?? null })) };
}

export function renderJson(verification: Verification): string {
  return JSON.stringify(verificationJson(verification), null, 2);
}
