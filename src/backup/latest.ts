import { Value } from "@sinclair/typebox/value";
import { type BackupEntry, BackupEntrySchema, type BackupState, parseSetName, type SetSummary } from "../model/backup.ts";
import { type Keep, planRetention } from "./retention.ts";

/** Enough for a week and a few by hand; `backup list` shows all. */
const MOST = 10;
const MAX_DETAIL = 400;
const MAX_NAMED = 3;

/** What is wrong with a set: a few problems by name, the rest by number. Undefined where nothing is. */
export function wrongWith({ problems, detail }: Pick<SetSummary, "problems" | "detail">): string | undefined {
  const named = problems.slice(0, MAX_NAMED).map((problem) => `${problem.path} (${problem.detail})`.slice(0, MAX_DETAIL / MAX_NAMED));
  const more = problems.length - named.length;
  return detail?.slice(0, MAX_DETAIL) ?? (named.length === 0 ? undefined : [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(", "));
}

/**
 * The latest sets with the reason why each is kept, newest first: what a run writes down, so that
 * showing it opens no manifest, which may be long.
 */
export function describeLatest(sets: readonly SetSummary[], keep: Keep): BackupEntry[] {
  const reasons = new Map(planRetention(sets, keep).map(({ id, because }) => [id, because]));
  return sets
    .toSorted((left, right) => right.sequence - left.sequence)
    .slice(0, MOST)
    .map((set) => {
      const { id, createdAt, status, bytes, files, databases, tookMs, encrypted } = set;
      const wrong = wrongWith(set);
      const holds = status === "unreadable" ? {} : { bytes, files, databases, encrypted, ...(tookMs === undefined ? {} : { tookMs }) };
      return { set: id, at: createdAt, outcome: status, ...holds, ...(wrong === undefined ? {} : { detail: wrong }), kept: [...reasons.get(id)!] };
    });
}

/**
 * What is shown: the sets that are there now as the last run found them, and before them the last run
 * if it failed. A set that no run saw is none that holds.
 *
 * @param names of the sets that are there, oldest first
 * @param remembered from a file, which may be damaged
 */
export function shownLatest(names: readonly string[], remembered: BackupState["latest"], run: BackupState["run"]): { readonly latest: BackupEntry[]; readonly older: number } {
  const known = new Map((Array.isArray(remembered) ? remembered : []).flatMap((entry: unknown) => (Value.Check(BackupEntrySchema, entry) && entry.set !== undefined ? [[entry.set, entry] as const] : [])));
  const shown = names.slice(-MOST).reverse();
  const failed: BackupEntry[] = run?.outcome === "failed" ? [{ at: run.at, outcome: "failed", detail: (run.detail ?? "unknown").slice(0, MAX_DETAIL), kept: [] }] : [];
  return {
    latest: [...failed, ...shown.map((name): BackupEntry => known.get(name) ?? { set: name, at: parseSetName(name)!.at, outcome: "unseen", kept: [] })],
    older: names.length - shown.length,
  };
}
