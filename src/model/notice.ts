/** One message for the operator. Holds no secret's value and nothing that a reader obeys. */
export interface Notice {
  /** The same at every attempt to deliver it. */
  readonly id: string;
  readonly text: string;
}

/** One way to the operator. */
export interface Route {
  readonly kind: "channel" | "command" | "webhook";
  /** Rejects when it did not get there; the reason names no address and no secret. */
  readonly send: (notice: Notice) => Promise<void>;
}
