import type { Form } from "./forms.ts";

/** Longer texts are found by a piece of this length from their middle, where keys of one kind differ. */
const PIECE = 48;

/** Searches one stream of bytes; pieces of it may come in chunks of any size. */
export interface Search {
  push(chunk: Uint8Array): void;
  /** What was found so far, each name and form once. */
  found(): Form[];
}

/**
 * Prepares a search for all forms at once: one step per byte, however many there are (Aho and Corasick,
 * 1975). Bytes that occur in no form share one column of the table, which keeps it small.
 *
 * @returns what starts a search
 */
export function createSearcher(forms: readonly Form[]): () => Search {
  const pieces = forms.map(({ text }) => middle(Buffer.from(text)));
  const classes = new Uint16Array(256);
  let width = 1;
  for (const piece of pieces) for (const byte of piece) if (classes[byte] === 0) classes[byte] = width++;

  const states = 1 + pieces.reduce((sum, piece) => sum + piece.length, 0);
  const next = new Int32Array(states * width).fill(-1);
  const ends: (number[] | undefined)[] = [];
  let used = 1;
  pieces.forEach((piece, index) => {
    let state = 0;
    for (const byte of piece) {
      const cell = state * width + classes[byte]!;
      if (next[cell] === -1) next[cell] = used++;
      state = next[cell]!;
    }
    (ends[state] ??= []).push(index);
  });
  link(next, width, ends);

  return () => {
    const hits = new Set<number>();
    let state = 0;
    return {
      push(chunk) {
        for (let at = 0; at < chunk.length; at += 1) {
          state = next[state * width + classes[chunk[at]!]!]!;
          const here = ends[state];
          if (here !== undefined) for (const index of here) hits.add(index);
        }
      },
      found: () => [...new Map([...hits].map((index) => [`${forms[index]!.name} ${forms[index]!.form}`, forms[index]!])).values()],
    };
  };
}

/** Fills the missing transitions with those of the longest proper suffix, level by level. */
function link(next: Int32Array, width: number, ends: (number[] | undefined)[]): void {
  const fail: number[] = [0];
  const queue: number[] = [];
  for (let column = 0; column < width; column += 1) {
    const child = next[column]!;
    if (child === -1) next[column] = 0;
    else {
      fail[child] = 0;
      queue.push(child);
    }
  }
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at]!;
    const fallback = fail[state]!;
    if (ends[fallback] !== undefined) ends[state] = [...(ends[state] ?? []), ...ends[fallback]];
    for (let column = 0; column < width; column += 1) {
      const cell = state * width + column;
      const child = next[cell]!;
      const other = next[fallback * width + column]!;
      if (child === -1) next[cell] = other;
      else {
        fail[child] = other;
        queue.push(child);
      }
    }
  }
}

function middle(bytes: Buffer): Buffer {
  const from = Math.max(0, Math.floor((bytes.length - PIECE) / 2));
  return bytes.subarray(from, from + PIECE);
}
