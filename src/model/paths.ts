/** True when `path` is `root` or lies in it. Both absolute and normalised. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root === "/" ? "/" : `${root}/`);
}

/** True when one of the two contains the other, or they are the same. */
export function overlaps(left: string, right: string): boolean {
  return isWithin(left, right) || isWithin(right, left);
}
