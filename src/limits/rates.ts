/** CPU use as cores, from one look to the next. */
export interface CpuRates {
  /**
   * Cores that a sandbox used since the look before; undefined at the first look, and where less
   * than a second lies between two.
   *
   * @param seconds CPU seconds since the sandbox began
   * @param now milliseconds of a clock that is never set
   */
  cores(id: string, seconds: number | undefined, now: number): number | undefined;
}

interface Sample {
  readonly seconds: number;
  readonly now: number;
}

const SHORTEST_MS = 1_000;
/** Far more sandboxes than a machine runs; the oldest go. */
const MOST_SAMPLES = 1_000;

export function createCpuRates(): CpuRates {
  const samples = new Map<string, Sample>();
  const last = new Map<string, number>();
  return {
    cores(id, seconds, now) {
      if (seconds === undefined) return undefined;
      const before = samples.get(id);
      // Looks in quick succession share the rate that was measured last.
      if (before && now - before.now < SHORTEST_MS) return last.get(id);
      samples.delete(id);
      samples.set(id, { seconds, now });
      for (const oldest of samples.keys()) {
        if (samples.size <= MOST_SAMPLES) break;
        samples.delete(oldest);
        last.delete(oldest);
      }
      if (!before) return undefined;
      const cores = Math.max(0, (seconds - before.seconds) / ((now - before.now) / 1_000));
      last.set(id, cores);
      return cores;
    },
  };
}
