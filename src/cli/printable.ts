/** File and key names come from hostile places: one of them must not write a line, a colour or a title of its own. */
export function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}
