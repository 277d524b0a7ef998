import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { VerifyOptions } from "../flows/isolation.ts";
import { askedChecks } from "../isolation/selection.ts";
import { FortressError } from "../model/errors.ts";
import { inert } from "../model/inert.ts";

const MAX_SHOWN = 60;

const VerifyParams = Type.Object(
  {
    agent: Type.Optional(Type.String({ minLength: 1 })),
    check: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    quick: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/**
 * What a client of the gateway asks `fortress.verify` for.
 *
 * @throws FortressError `config-invalid` that names the first wrong parameter
 */
export function verifyParams(params: unknown): VerifyOptions {
  const wrong = Value.Errors(VerifyParams, params).First();
  if (wrong) {
    const key = `params${wrong.path.replaceAll("/", ".")}`;
    throw new FortressError("config-invalid", inert(`${key}: ${(JSON.stringify(wrong.value) ?? "nothing").slice(0, MAX_SHOWN)} is not valid (${wrong.message}).`), 'Of {"agent": "<id>", "check": ["<id>"], "quick": true} give what you need.');
  }
  const { agent, check, quick = false } = params as Static<typeof VerifyParams>;
  return { agent, checks: askedChecks("params.check", check, quick), quick };
}
