import { styleText } from "node:util";

export interface Cell {
  readonly lines: readonly string[];
  /** Shown as a mark in front. */
  readonly holds?: boolean;
  /** The first line is a heading of the others. */
  readonly titled?: boolean;
}

/** Follows NO_COLOR and whether the stream is a terminal. */
export function paint(format: Parameters<typeof styleText>[0], text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(format, text, { stream });
}

const GAP = "  ";
const MARK_WIDTH = 2;
const NARROWEST = 14;

/** A table as wide as its content, or as the room there is; longer cells are wrapped. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], room: number): string {
  const wanted = head.map((title, column) => Math.max(title.length, ...rows.map((row) => widthOf(row[column]!))));
  const widths = fit(wanted, room - GAP.length * (head.length - 1));
  const rule = paint("dim", widths.map((width) => "─".repeat(width)).join(GAP));
  const body = rows.map((row) => render(row.map((cell, column) => layout(cell, widths[column]!)), widths));
  return [render(head.map((title, column) => wrap(title, widths[column]!).map((line) => ({ text: line, format: "bold" as const }))), widths), rule, body.join("\n\n"), rule].join("\n");
}

interface Line {
  readonly text: string;
  readonly format?: "bold" | "dim" | "green" | "red";
}

function layout({ lines, holds, titled }: Cell, width: number): Line[] {
  if (holds === undefined) {
    return lines.flatMap((line, index) => wrap(line, width).map((text) => (titled && index > 0 ? { text, format: "dim" as const } : { text })));
  }
  const format = holds ? "green" : "red";
  const wrapped = lines.flatMap((line) => wrap(line, width - MARK_WIDTH));
  return wrapped.map((text, index) => ({ text: `${index > 0 ? " " : holds ? "✓" : "✗"} ${text}`, format }));
}

function render(cells: readonly (readonly Line[])[], widths: readonly number[]): string {
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, row) =>
    cells
      .map((cell, column) => {
        const { text = "", format } = cell[row] ?? {};
        // Padded outside the colours, whose codes have a length but no width.
        const pad = column === cells.length - 1 ? "" : " ".repeat(widths[column]! - text.length);
        return (format && text ? paint(format, text) : text) + pad;
      })
      .join(GAP)
      .trimEnd(),
  ).join("\n");
}

function widthOf({ lines, holds }: Cell): number {
  return Math.max(...lines.map((line) => line.length)) + (holds === undefined ? 0 : MARK_WIDTH);
}

/** Takes from the widest column until all fit. */
function fit(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  return widths;
}

/** Breaks at spaces; a word longer than the line also behind "/" and "=", or where the line is full. */
export function wrap(text: string, width: number): string[] {
  const words = text.split(/(?<=\s)/).flatMap((word) => (word.trimEnd().length > width ? chop(word, width) : [word]));
  const lines = [""];
  for (const word of words) {
    if ((lines.at(-1)! + word).trimEnd().length > width && lines.at(-1) !== "") lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines.map((line) => line.trimEnd());
}

function chop(word: string, width: number): string[] {
  return word.split(/(?<=.[/=])/).flatMap((part) => part.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
}
