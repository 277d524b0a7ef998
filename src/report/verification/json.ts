import type { BoundVerdict } from "../../model/bound-verdict.ts";
import type { Examination, Verification } from "../../model/check.ts";

/** JSON has no `undefined`. */
export interface VerificationJson extends Omit<Verification, "examinations"> {
  readonly examinations: readonly (Omit<Examination, "agentId" | "attestation"> & { readonly agentId: string | null; readonly attestation: (Omit<BoundVerdict, "configHash"> & { readonly configHash: string | null }) | null })[];
}

/** By the schema in schema.ts: what `verify --json` and the gateway's method `fortress.verify` give. */
export function verificationJson({ examinations, ...rest }: Verification): VerificationJson {
  return {
    ...rest,
    examinations: examinations.map(({ agentId = null, attestation, ...each }) => ({ ...each, agentId, attestation: attestation ? { ...attestation, configHash: attestation.configHash ?? null } : null })),
  };
}

export function renderJson(verification: Verification): string {
  return JSON.stringify(verificationJson(verification), null, 2);
}
