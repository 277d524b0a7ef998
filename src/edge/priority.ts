import { constants, setPriority } from "node:os";

/** Lets everything else on the machine go first: this process, and what it starts from now on. */
export function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Whoever may not is at least not slower for it.
  }
}
