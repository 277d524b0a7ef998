import type { Secret } from "../model/secret.ts";
import { type Form, formsOf } from "./forms.ts";

/** Of rotated and removed keys, too: a command that got one may still run. */
export const MAX_KEPT = 512;
const MAX_DEPTH = 24;

export interface Masker {
  /** From now on these values are masked, also after they were rotated. Returns those that are new. */
  learn(secrets: ReadonlyMap<string, Secret>): readonly Secret[];
  /** True once a value was given up for newer ones: it is no longer masked. */
  hasForgotten(): boolean;
  /** The text with every known value, in any of its usual encodings, replaced by `[secret NAME]`. */
  text(text: string): string;
  /** A copy of plain data with {@link text} applied to every string in it, keys included. */
  data<T>(value: T): T;
}

export function createMasker(): Masker {
  const known = new Map<string, { readonly name: string; readonly forms: readonly Form[] }>();
  let forgotten = false;
  let matcher: { readonly pattern: RegExp; readonly names: ReadonlyMap<string, string> } | undefined;

  const compile = (): NonNullable<typeof matcher> => {
    const forms = [...known.values()].flatMap((each) => each.forms).sort((left, right) => right.text.length - left.text.length);
    const pattern = new RegExp(forms.map(({ text }) => escape(text)).join("|") || "(?!)", "g");
    return { pattern, names: new Map(forms.map(({ text, name }) => [text, name])) };
  };
  const text = (input: string): string => {
    const { pattern, names } = (matcher ??= compile());
    return input.replace(pattern, (found) => `[secret ${names.get(found)}]`);
  };
  const data = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value !== "object" || value === null) return value;
    // Deeper than any tool result: what can't be looked through is not shown.
    if (depth > MAX_DEPTH) return "[not shown]";
    if (Array.isArray(value)) return value.map((each) => data(each, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), data(each, depth + 1)]));
  };

  return {
    learn(secrets) {
      const fresh: Secret[] = [];
      for (const [name, secret] of secrets) {
        const value = secret.reveal();
        if (known.get(value)?.name === name) continue;
        const forms = formsOf(name, secret);
        if (forms.length === 0) continue;
        known.delete(value);
        known.set(value, { name, forms });
        fresh.push(secret);
        matcher = undefined;
      }
      for (const oldest of known.keys()) {
        if (known.size <= MAX_KEPT) break;
        known.delete(oldest);
        forgotten = true;
      }
      return fresh;
    },
    hasForgotten: () => forgotten,
    text,
    data: (value) => data(value, 0) as typeof value,
  };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
