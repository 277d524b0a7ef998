import { readFileSync } from "node:fs";
import { join } from "node:path";

export const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

/** What stands in a section between fences of one language, in order. @throws where the README has no such section */
export function fenced(section: string, language: string): string[] {
  const [, text] = new RegExp(`^## ${section}$([^]*?)(?=^## |$(?![^]))`, "m").exec(README) ?? [];
  if (text === undefined) throw new Error(`The README has no section ${section}`);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, block]) => block!);
}
