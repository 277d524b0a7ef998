import type { Finding } from "../../model/finding.ts";
import type { StepResult } from "../../model/maintenance.ts";
import { createScan, type ScanReport } from "../secrets-scan.ts";
import { count, type MaintenanceStep, sentence, well } from "./step.ts";

const MOST_TOLD = 10;
const MOST_REASONS = 3;
const AGAIN = "Then: openclaw fortress maintenance --only leaks";

/** Searches for the actual values of secrets in everything that a sandbox can read. */
export const leaks: MaintenanceStep = {
  id: "leaks",
  title: "search for leaked secrets",
  everyDays: 1,
  maxMinutes: 250,
  async run({ core, host }) {
    const { store, config } = core.resolve();
    const { secrets, errors, unseen } = store.inventory();
    if (secrets.size === 0 && errors.length === 0 && unseen.length === 0) return well("There is no secret to search for.");
    return resultOf(await createScan(core)(() => host, { minutes: config.maintenance.scanMinutes, onProgress: () => {} }));
  },
};

export function resultOf({ complete, hits, searched, skipped, unseen }: ScanReport): StepResult {
  const said = `${count(searched.files, "file")} in ${count(searched.roots.length, "place")} searched for ${count(searched.secrets.length, "secret")}`;
  const places = new Map<string, { readonly name: string; readonly where: string; readonly forms: string[] }>();
  for (const { name, form, where } of hits) {
    const key = `${name}\0${where}`;
    const place = places.get(key) ?? { name, where, forms: [] };
    if (!place.forms.includes(form)) place.forms.push(form);
    places.set(key, place);
  }
  const all = [...places.values()];
  const leaked = all.slice(0, MOST_TOLD).map(({ name, where, forms }): Finding => ({ id: "secrets.leaked", severity: "critical", detail: `The value of ${name} stands in ${where} (${forms.join(", ")}), where a sandbox or a reader of logs can see it.`, remedy: `Remove it there and change the key. ${AGAIN}` }));
  if (all.length > MOST_TOLD) leaked.push({ id: "secrets.leaked", severity: "critical", detail: `Values of secrets stand in ${count(all.length - MOST_TOLD, "more place")}.`, remedy: `See them all: openclaw fortress secrets scan. ${AGAIN}` });
  const reasons = [...unseen, ...skipped.map(({ reason, examples }) => `${reason}: ${examples.join(", ")}`)];
  const unsearched: Finding[] = complete ? [] : [{ id: "secrets.unsearched", severity: "warn", detail: `Not everything that a sandbox can read was searched for leaked secrets: ${reasons.slice(0, MOST_REASONS).join("; ")}${reasons.length > MOST_REASONS ? "; …" : ""}`, remedy: "See the whole list: openclaw fortress secrets scan. More time: maintenance.scanMinutes." }];
  const outcome = all.length > 0 ? "found" : complete ? "well" : "partial";
  return { outcome, detail: `${sentence(said)}: ${all.length > 0 ? `found in ${count(all.length, "place")}` : complete ? "none was found" : "none was found, but not everything could be searched"}.`, findings: [...leaked, ...unsearched] };
}
