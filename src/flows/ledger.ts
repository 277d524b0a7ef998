import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Deed, Ledger, LedgerView } from "../model/ledger.ts";
import type { TimelineReport } from "../model/report.ts";

/** What is told of deeds, to whom it may concern later. */
export interface LedgerFlow {
  /**
   * Writes a deed down, with every known secret masked. Never rejects: what was done is done, and
   * that it could not be recorded is a finding.
   */
  record(deed: Deed): Promise<void>;
  /** @throws FortressError `ledger-failed` */
  read(): Promise<LedgerView>;
  /** The last deeds, and what is wrong with the ledger itself. */
  look(): Promise<{ readonly timeline?: TimelineReport; readonly findings: readonly Finding[] }>;
}

/** As many fit on a page that is read as a whole; `log` shows all. */
const MOST = 20;

export function createLedgerFlow(ledger: Ledger, mask: (deed: Deed) => Deed): LedgerFlow {
  let unrecorded: FortressError | undefined;
  return {
    async record(deed) {
      try {
        await ledger.append(mask(deed));
        unrecorded = undefined;
      } catch (error) {
        if (!(error instanceof FortressError)) throw error;
        unrecorded = error;
      }
    },
    read: () => ledger.read(),
    async look() {
      const lost = unrecorded ? [finding(unrecorded.message, unrecorded.remedy)] : [];
      try {
        const { records, damage } = await ledger.read();
        const deeds = records.slice(-MOST).reverse().map(({ seq: _, pid: __, ...deed }) => deed);
        const broken = damage === undefined ? [] : [finding(`The ledger does not hold as a whole: ${damage}.`, "See openclaw fortress log. The next record begins anew after what holds, and keeps the damaged file.")];
        return { timeline: { deeds, older: records.length - deeds.length }, findings: lost.length > 0 ? lost : broken };
      } catch (error) {
        if (!(error instanceof FortressError)) throw error;
        return { findings: lost.length > 0 ? lost : [finding(error.message, error.remedy)] };
      }
    },
  };
}

function finding(detail: string, remedy: string): Finding {
  return { id: "ledger.damaged", severity: "warn", detail, remedy };
}
