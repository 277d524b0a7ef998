/** Time that nobody sets: intervals neither shrink nor grow when the clock of the machine jumps. */
export interface Clock {
  /** Milliseconds since an arbitrary moment. */
  now(): number;
  /** Calls once, not before `ms` are over; returns what forgets it. Keeps no process alive. */
  after(ms: number, action: () => void): () => void;
}

export const monotonicClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
