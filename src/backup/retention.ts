import type { SetSummary } from "../model/backup.ts";
import type { RetentionDecision } from "../model/backup-results.ts";

export interface Keep {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** Whatever day they are of: several may be made by hand on one, each for its reason. */
const NEWEST = 3;

type Candidate = Pick<SetSummary, "id" | "sequence" | "createdAt" | "status">;

/** The last of each day, ISO week and month (UTC); the newest periods that have a set count. */
const PERIODS: readonly { readonly name: keyof Keep; readonly of: (createdAt: string) => string }[] = [
  { name: "daily", of: (createdAt) => createdAt.slice(0, 10) },
  { name: "weekly", of: isoWeek },
  { name: "monthly", of: (createdAt) => createdAt.slice(0, 7) },
];

/**
 * Decides which sets go. Only verified ones count: one that is degraded takes nobody's place. The
 * newest verified ones stay in any case, and what can't be read is left for somebody to look at.
 *
 * @returns one decision a set, newest first
 */
export function planRetention(sets: readonly Candidate[], keep: Keep): RetentionDecision[] {
  const newestFirst = sets.toSorted((left, right) => right.sequence - left.sequence);
  const verified = newestFirst.filter(({ status }) => status === "verified");
  const reasons = new Map<string, string[]>(newestFirst.map(({ id }) => [id, []]));
  for (const { id } of verified.slice(0, NEWEST)) reasons.get(id)!.push("one of the newest");
  for (const { name, of } of PERIODS) {
    const seen = new Set<string>();
    for (const { id, createdAt } of verified) {
      const period = of(createdAt);
      if (seen.has(period) || seen.size >= keep[name]) continue;
      seen.add(period);
      reasons.get(id)!.push(`the last of ${period} (${name} ${seen.size} of ${keep[name]})`);
    }
  }
  return newestFirst.map(({ id, sequence, status }) => {
    const because = reasons.get(id)!;
    if (status === "unreadable") return { id, keep: true, because: ["its manifest can't be read: look at it, and remove it by hand"] };
    if (status === "degraded") return degraded(id, sequence, newestFirst, verified[0]);
    return because.length > 0 ? { id, keep: true, because } : { id, keep: false, because: ["no daily, weekly or monthly place is left for it"] };
  });
}

/** What is newer than every verified set may hold what nothing else holds. */
function degraded(id: string, sequence: number, sets: readonly Candidate[], newestVerified: Candidate | undefined): RetentionDecision {
  if (newestVerified && newestVerified.sequence > sequence) return { id, keep: false, because: ["it is degraded, and a later set is verified"] };
  const newest = sets.find(({ status }) => status === "degraded")!;
  return newest.id === id ? { id, keep: true, because: ["degraded, but newer than every verified set"] } : { id, keep: false, because: ["it is degraded, and a later one is there"] };
}

/** For example `2026-W48`; a week belongs to the year that its Thursday is in. */
function isoWeek(createdAt: string): string {
  const day = new Date(`${createdAt.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const year = day.getUTCFullYear();
  const week = Math.ceil(((day.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, "0")}`;
}
