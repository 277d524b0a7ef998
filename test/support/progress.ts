/** Receives one line of progress at a time. */
export type Log = (line: string) => void;

const HEARTBEAT_MS = 10_000;

/** Runs slow work and says when it starts, that it is still alive, and how long it took. */
export async function withProgress<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  log(`${what} …`);
  const heartbeat = setInterval(() => log(`${what}: still working (${seconds()} s)`), HEARTBEAT_MS);
  try {
    const result = await work();
    log(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
