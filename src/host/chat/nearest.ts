/** With more typing errors than one in so many letters it is another word. */
const LETTERS_PER_ERROR = 3;

/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const [best] = names.map((name) => ({ name, errors: distance(word.toLowerCase(), name) })).sort((left, right) => left.errors - right.errors);
  return best && best.errors <= best.name.length / LETTERS_PER_ERROR ? best.name : undefined;
}

/** Letters added, left out, changed or swapped with their neighbour (optimal string alignment). */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      line.push(Math.min(rows[row - 1]![column]! + 1, line[column - 1]! + 1, rows[row - 1]![column - 1]! + (same ? 0 : 1), swapped ? rows[row - 2]![column - 2]! + 1 : Infinity));
    }
    rows.push(line);
  }
  return rows[from.length]![to.length]!;
}
