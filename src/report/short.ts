import { inert } from "../model/inert.ts";
import { counted } from "../model/units.ts";

export interface Room {
  readonly lines: number;
  /** Of each line. */
  readonly characters: number;
}

/** A phone's screen or two, and one message of every channel. */
const PHONE: Room = { lines: 17, characters: 230 };

/** A line that keeps to itself, or its beginning. */
export function shortLine(line: string, characters = PHONE.characters): string {
  const text = inert(line);
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text;
}

/** The beginning of a chat message, however much there is. @param whole where the rest is */
export function short(text: string, whole: string, { lines: most, characters } = PHONE): string {
  const lines = text.split("\n").map((line) => shortLine(line, characters));
  const left = lines.length - most;
  return left <= 0 ? lines.join("\n") : [...lines.slice(0, most), `… ${counted(left, "more line")}: ${whole}`].join("\n");
}
