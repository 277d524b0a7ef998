import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Fortress } from "../fortress.ts";
import { formsOf } from "../secrets/forms.ts";
import type { Secrets } from "../secrets/store.ts";

/**
 * Masks secret values in every tool result before the model, the transcript and the log get it. If
 * that fails, OpenClaw withholds the result.
 */
export function maskToolResults(api: OpenClawPluginApi, { secrets }: Pick<Fortress, "secrets">): void {
  // Optional, so that a host without it still gets hardened sandboxes: its own list, below, masks there.
  api.registerAgentToolResultMiddleware?.(({ result }) => ({ result: secrets.mask(result) }), { runtimes: ["openclaw"] });
}

/** OpenClaw's own list of the values that its logs, live events and transcripts mask. */
const REGISTRY = Symbol.for("openclaw.secretRedactionRegistry");
/** What OpenClaw itself puts on the list of a value. */
const FORMS = ["plain", "JSON-escaped", "URL-encoded"];

interface RedactionRegistry {
  readonly registeredValues: Map<string, true>;
  registryRevision: number;
  registeredValueRedactor: unknown;
}

/**
 * Puts the values on that list. OpenClaw has no public call for values that are not SecretRefs, and
 * tool-result middleware sees neither live events nor the note on a background command's end.
 */
export function redactEverywhere(secrets: Secrets): void {
  const registry = (globalThis as { [REGISTRY]?: Partial<RedactionRegistry> })[REGISTRY];
  if (!(registry?.registeredValues instanceof Map) || typeof registry.registryRevision !== "number") return;
  for (const [name, secret] of secrets) {
    for (const { form, text } of formsOf(name, secret)) if (FORMS.includes(form)) registry.registeredValues.set(text, true);
  }
  registry.registryRevision += 1;
  registry.registeredValueRedactor = undefined;
}
