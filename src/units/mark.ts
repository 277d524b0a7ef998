import { createHash } from "node:crypto";

const MARK = "Written by openclaw fortress service install";

/** Whose a file is: `edited` began as ours, and somebody changed it since. */
export type Ownership = "ours" | "edited" | "foreign";

/** The text with a first line that says who wrote it and what it says. @param comment how a line is made a comment */
export function sign(text: string, comment: "#"): string {
  return `${comment} ${MARK}; sha256 ${hashOf(`${text}\n`)}\n${text}\n`;
}

/** The same for XML, whose first line is its declaration. */
export function signXml(declaration: string, text: string): string {
  return `${declaration}\n<!-- ${MARK}; sha256 ${hashOf(`${text}\n`)} -->\n${text}\n`;
}

export function ownershipOf(text: string): Ownership {
  const found = new RegExp(`^(?:<\\?xml[^\\n]*\\n)?(?:# |<!-- )${MARK}; sha256 ([0-9a-f]{64})(?: -->)?\\n`).exec(text);
  if (!found) return "foreign";
  return hashOf(text.slice(found[0].length)) === found[1] ? "ours" : "edited";
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
