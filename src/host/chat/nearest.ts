import compare from "damerau-levenshtein";

/** With more typing errors than one in so many letters it is another word. */
const LETTERS_PER_ERROR = 3;

/** The name that was probably meant; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const allowed = (name: string): number => name.length / LETTERS_PER_ERROR;
  const [best] = names
    // What is much longer is not near, and the table of a comparison grows with its square.
    .filter((name) => Math.abs(lower.length - name.length) <= allowed(name))
    .map((name) => ({ name, errors: compare(lower, name).steps }))
    .sort((left, right) => left.errors - right.errors);
  return best && best.errors <= allowed(best.name) ? best.name : undefined;
}
