import type { Report } from "../model/report.ts";
import type { ReportJson } from "./schema.ts";

/**
 * The report as JSON has it. JSON knows neither `Infinity` nor `undefined`: no limit is "unlimited",
 * and what could not be looked at is null. A section that is not there stays absent.
 */
export function toJson(report: Report): ReportJson {
  const sections = Object.entries(report).filter(([, section]) => section !== undefined);
  return { schemaVersion: 1, ...(plain(Object.fromEntries(sections)) as Omit<ReportJson, "schemaVersion">) };
}

/** Any value as JSON has it. */
export function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value === Infinity) return "unlimited";
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
