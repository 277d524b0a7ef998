import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Deed, Ledger, LedgerView } from "../model/ledger.ts";

/** What is told of deeds, to whom it may concern later. */
export interface LedgerFlow {
  /**
   * Writes a deed down, with every known secret masked. Never rejects: what was done is done, and
   * that it could not be recorded is a finding.
   */
  record(deed: Deed): Promise<void>;
  /** @throws FortressError `ledger-failed` */
  read(): Promise<LedgerView>;
  /** What is wrong with the ledger itself. */
  findings(): Promise<readonly Finding[]>;
}

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
    async findings() {
      if (unrecorded) return [finding(unrecorded.message, unrecorded.remedy)];
      try {
        const { damage } = await ledger.read();
        return damage === undefined ? [] : [finding(`The ledger does not hold as a whole: ${damage}.`, "See openclaw fortress log. The next record begins anew after what holds, and keeps the damaged file.")];
      } catch (error) {
        if (!(error instanceof FortressError)) throw error;
        return [finding(error.message, error.remedy)];
      }
    },
  };
}

function finding(detail: string, remedy: string): Finding {
  return { id: "ledger.damaged", severity: "warn", detail, remedy };
}
