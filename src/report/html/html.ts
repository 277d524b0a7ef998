import { htmlEscape } from "escape-goat";
import { inert } from "../../model/inert.ts";

/** Markup that was put together here. Everything else is text, and is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | undefined | readonly Piece[];

/** Puts markup together: what is interpolated is escaped unless it is {@link Html}; `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(strings.reduce((text, part, index) => `${text}${render(pieces[index - 1])}${part}`));
}

function render(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(render).join("");
  return htmlEscape(inert(String(piece)));
}
