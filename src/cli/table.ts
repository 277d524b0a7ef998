import { printable } from "./printable.ts";

const GAP = "  ";
/** With less than this left for the last column, a row is no longer read as one. */
const LEAST = 16;

/**
 * Columns as wide as their widest cell, the last one as it is. Where they don't fit, each row is a
 * block of its own, with a line for each cell.
 *
 * @param head written in capitals
 * @param columns of the terminal; undefined where nothing bounds a line
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns = Infinity): string[] {
  const titles = head.map((title) => title.toUpperCase());
  const cells = [titles, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ""))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  if (before + Math.min(LEAST, widths.at(-1) ?? 0) > columns) return blocks(titles, cells.slice(1));
  return cells.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column]!))).join(GAP).trimEnd());
}

function blocks(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...titles.map(widthOf));
  return rows.flatMap((row, index) => [...(index === 0 ? [] : [""]), ...row.flatMap((cell, column) => (cell === "" ? [] : [`${pad(titles[column] ?? "", width)}${GAP}${cell}`]))]);
}

function widthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(width - widthOf(text));
}
