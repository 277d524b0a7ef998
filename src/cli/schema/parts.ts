import { type TUnsafe, Type } from "@sinclair/typebox";

/** A field that no schema names is an error: so none is added without its description. */
export const closed = { additionalProperties: false };
export const Text = Type.String();
export const Texts = Type.Array(Text);
export const Count = Type.Integer({ minimum: 0 });
export const Engine = words("podman", "docker");

/** One of these words, and no other. */
export function words<const Word extends string>(...all: readonly Word[]): TUnsafe<Word> {
  return Type.Union(all.map((word) => Type.Literal(word))) as unknown as TUnsafe<Word>;
}

/** What is null could not be read, or is not there. */
export const known = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema, unknown: string) => Type.Union([schema, Type.Null({ description: unknown })]);
