import type { Verification } from "../../model/check.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderSarif } from "./sarif.ts";
import { renderText } from "./text.ts";

export type Format = "text" | "json" | "sarif" | "junit";

export const FORMATS: readonly Format[] = ["text", "json", "sarif", "junit"];

/** @param colour for a terminal; counts for text only */
export function renderVerification(verification: Verification, format: Format, colour: boolean): string {
  switch (format) {
    case "text":
      return renderText(verification, colour);
    case "json":
      return renderJson(verification);
    case "sarif":
      return renderSarif(verification);
    case "junit":
      return renderJunit(verification);
  }
}
