import type { Report, Verdict } from "../model/report.ts";

export type OnVerdict = (report: Report, before: Verdict) => void;

export interface WatchedStatus {
  /** Who asks while an answer is on its way gets the same answer. */
  readonly status: () => Promise<Report>;
  /** Calls back whenever the verdict is not what it was in the answer before; returns what ends it. */
  onVerdict(callback: OnVerdict): () => void;
  /** Calls back with every answer; returns what ends it. */
  onReport(callback: (report: Report) => void): () => void;
}

/** Looks at every answer of `status` on its way out. */
export function watchStatus(status: () => Promise<Report>): WatchedStatus {
  const callbacks = new Set<OnVerdict>();
  const readers = new Set<(report: Report) => void>();
  let pending: Promise<Report> | undefined;
  let last: Verdict | undefined;

  const ask = async (): Promise<Report> => {
    try {
      const report = await status();
      for (const read of readers) read(report);
      const before = last;
      last = report.verdict;
      if (before !== undefined && before !== report.verdict) for (const callback of callbacks) callback(report, before);
      return report;
    } finally {
      pending = undefined;
    }
  };

  return {
    status: () => (pending ??= ask()),
    onVerdict(callback) {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    onReport(callback) {
      readers.add(callback);
      return () => void readers.delete(callback);
    },
  };
}
