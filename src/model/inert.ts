/** Container and file names come from hostile places: no control characters, no invisible ones and no lines of their own. */
export function inert(line: string): string {
  return line.replace(/\s/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "?");
}
