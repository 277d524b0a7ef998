import type { Secret } from "../model/secret.ts";

export type FormName = "plain" | "base64" | "URL-encoded" | "hex" | "JSON-escaped" | "shell-quoted";

export interface Form {
  readonly name: string;
  readonly form: FormName;
  readonly text: string;
}

/** Shorter values occur by chance: masking them would tear any output to pieces, finding them means nothing. */
export const MIN_SEARCHED = 8;

/** True when occurrences of the value tell something. */
export function isSearchable(secret: Secret): boolean {
  return secret.reveal().length >= MIN_SEARCHED;
}

/**
 * The texts by which a value gives itself away, longest first: as it is, and as common encoders write
 * it. Base64 in all three alignments, of which only the characters that depend on the value alone are
 * taken. None for a value shorter than {@link MIN_SEARCHED}.
 */
export function formsOf(name: string, secret: Secret): Form[] {
  if (!isSearchable(secret)) return [];
  const value = secret.reveal();
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const hex = bytes.toString("hex");
  const texts: [FormName, string][] = [
    ["plain", value],
    ["JSON-escaped", json],
    ["JSON-escaped", json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)],
    ["shell-quoted", value.replaceAll("'", "'\\''")],
    ...["!'()*", "/", ""].flatMap((kept) => percentForms(bytes, kept)).map((text): [FormName, string] => ["URL-encoded", text]),
    ["hex", hex],
    ["hex", hex.toUpperCase()],
    ...[0, 1, 2].flatMap((shift): [FormName, string][] => {
      const text = aligned(bytes, shift);
      return [["base64", text], ["base64", text.replaceAll("+", "-").replaceAll("/", "_")]];
    }),
  ];
  const distinct = new Map(texts.toReversed().map(([form, text]) => [text, form]));
  return [...distinct].filter(([text]) => text.length >= MIN_SEARCHED).map(([text, form]) => ({ name, form, text })).sort((left, right) => right.text.length - left.text.length);
}

/** Percent-encoded but for what every encoder keeps and what some keep: browsers `!'()*`, Python `/`, strict ones nothing. */
function percentForms(bytes: Buffer, kept: string): string[] {
  const upper = [...bytes].map((byte) => (/[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte)) || kept.includes(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)).join("");
  const lower = upper.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [upper, lower, upper.replaceAll("%20", "+")];
}

/** What base64 writes of the bytes when `shift` unknown bytes stand before them, without what the neighbours decide. */
function aligned(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
  const whole = Math.floor(((shift + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((shift * 8) / 6), whole);
}
