import { printable } from "./printable.ts";

/**
 * Columns as wide as their widest cell, the last one as it is.
 *
 * @param head written in capitals
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head.map((title) => title.toUpperCase()), ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  return cells.map((row) => row.map((cell, column) => cell + (column === row.length - 1 ? "" : " ".repeat(widths[column]! - [...cell].length))).join("  ").trimEnd());
}
