const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm passes on the Ctrl-C that the terminal has already sent to everyone. */
const SAME_KEY_MS = 1_000;

export class Interrupted extends Error {}

/** Rejects at the first signal, so that what was made is removed. The next one ends the process at once. */
export function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  // It may come while nobody waits for it.
  promise.catch(() => {});
  let first: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (first !== undefined && Date.now() - first > SAME_KEY_MS) process.exit(130);
      first ??= Date.now();
      reject(new Interrupted(`interrupted by ${signal}; a gateway that is just starting is waited for, to remove it`));
    });
  }
  return promise;
}
