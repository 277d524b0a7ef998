import { inspect } from "node:util";

const REDACTED = "[secret]";

/**
 * A value that must not be shown. Every way in which JavaScript turns an object into text
 * gives the redacted face; only `secrets/` calls {@link Secret.reveal}, to hand the value over, to mask
 * it, to search for it and to move it, and the migration, to compare.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
