/** How keys of well-known services begin. */
const PREFIXES =
  /(^|[^A-Za-z0-9])((sk|pk|rk|xai|gsk|hf|gh[pousr]|glpat|npm|pypi|dop|shpat|xox[a-z]|xapp|github_pat|whsec|tvly|pplx|fc|ntn|lin_api|key)[-_]|AKIA|ASIA|AIza|ya29\.|eyJ|SG\.)[A-Za-z0-9_-]{8}/;

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

const classOf = (character: string): "lower" | "upper" | "digit" | undefined =>
  /[a-z]/.test(character) ? "lower" : /[A-Z]/.test(character) ? "upper" : /[0-9]/.test(character) ? "digit" : undefined;

/** How often a text changes between small letters, capitals and digits: random text does it all the time. */
function switches(text: string): number {
  let count = 0;
  for (let index = 1; index < text.length; index += 1) {
    const [before, after] = [classOf(text[index - 1]!), classOf(text[index]!)];
    if (before && after && before !== after) count += 1;
  }
  return count;
}

/**
 * True when a text may be or hold a key: it begins like one, or a part of it is as long and as
 * irregular as random text. Model names, paths, versions and dates are not.
 */
export function looksLikeToken(text: string): boolean {
  if (PREFIXES.test(text) || UUID.test(text) || /-----BEGIN|[^\x20-\x7e]/.test(text)) return true;
  return text.split(/[\s/,;:="'`()<>[\]{}|]+/).some(
    (word) =>
      (word.length >= 16 && switches(word) >= 8) ||
      word.split(/[-_.]+/).some(
        (part) => /[A-Za-z]{24}|[0-9]{9}|^(?=.*[0-9])(?=.*[a-f])[0-9a-f]{8,}$/.test(part) || (part.length >= 12 && /[0-9]/.test(part) && /[A-Za-z]/.test(part) && switches(part) >= 3),
      ),
  );
}
