import type { Finding, Severity } from "../model/finding.ts";
import type { ImageMemory, MaintenanceRecord, StepOutcome, StepRecord } from "../model/maintenance.ts";

const VERSION = 1;
const MAX_BYTES = 2 ** 20;
const MAX_FINDINGS = 20;
const MAX_TEXT = 600;
const OUTCOMES: readonly StepOutcome[] = ["well", "found", "partial", "failed"];
const SEVERITIES: readonly Severity[] = ["info", "warn", "critical"];

/**
 * What the text says; undefined where it says nothing that can be believed, as after a crash of the
 * disk or from a later version: then everything begins anew.
 */
export function readRecord(text: string | undefined): MaintenanceRecord | undefined {
  if (text === undefined || text.length > MAX_BYTES) return undefined;
  try {
    const { version, since, ranAt, triedAt, steps, images } = JSON.parse(text) as Record<string, unknown>;
    if (version !== VERSION || !isTime(since) || !isOptional(ranAt, isTime) || !isOptional(triedAt, isTime)) return undefined;
    if (!Array.isArray(steps) || !steps.every(isStep) || !Array.isArray(images) || !images.every(isImage)) return undefined;
    return { since, ...(ranAt === undefined ? {} : { ranAt }), ...(triedAt === undefined ? {} : { triedAt }), steps, images };
  } catch {
    return undefined;
  }
}

/** The text that {@link readRecord} reads; what names of files could blow up is cut. */
export function writeRecord({ since, ranAt, triedAt, steps, images }: MaintenanceRecord): string {
  return `${JSON.stringify({ version: VERSION, since, ranAt, triedAt, steps: steps.map(cutStep), images })}\n`;
}

function cutStep({ id, at, outcome, detail, findings }: StepRecord): StepRecord {
  const cut = findings.slice(0, MAX_FINDINGS).map((each): Finding => ({ ...each, detail: cutText(each.detail), remedy: cutText(each.remedy) }));
  return { id, at, outcome, detail: cutText(detail), findings: cut };
}

/** Escaped, a control character is six. */
function cutText(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/\p{Cc}/gu, "?").toWellFormed();
}

function isStep(value: unknown): value is StepRecord {
  const { id, at, outcome, detail, findings } = (value ?? {}) as Record<string, unknown>;
  return typeof id === "string" && isTime(at) && OUTCOMES.some((each) => each === outcome) && typeof detail === "string" && Array.isArray(findings) && findings.every(isFinding);
}

function isFinding(value: unknown): value is Finding {
  const { id, severity, detail, remedy } = (value ?? {}) as Record<string, unknown>;
  return typeof id === "string" && SEVERITIES.some((each) => each === severity) && typeof detail === "string" && typeof remedy === "string";
}

function isImage(value: unknown): value is ImageMemory {
  const { engine, id, ours, unusedSince } = (value ?? {}) as Record<string, unknown>;
  return (engine === "podman" || engine === "docker") && typeof id === "string" && typeof ours === "boolean" && isOptional(unusedSince, isTime);
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}
