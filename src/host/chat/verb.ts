import type { Surface } from "../shared.ts";

/** One word that can follow `/fortress`. */
export interface Verb {
  readonly name: string;
  /** For the list of verbs: what it does, in a few words. */
  readonly summary: string;
  /** Only owners of the gateway may use it; others learn nothing, not even whether it would work. */
  readonly owner: boolean;
  /**
   * @param words what follows the verb
   * @returns plain text for the chat; a FortressError becomes its message with the remedy
   */
  run(surface: Surface, words: readonly string[]): Promise<string>;
}
