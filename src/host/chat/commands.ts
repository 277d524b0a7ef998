import type { OpenClawPluginCommandDefinition } from "openclaw/plugin-sdk/plugin-entry";
import { describeError } from "../../model/errors.ts";
import { shortLine } from "../../report/short.ts";
import { NOT_RUNNING, sharedSurface } from "../shared.ts";
import { nearest } from "./nearest.ts";
import { VERBS } from "./table.ts";
import type { Verb } from "./verb.ts";

/** The same for every verb of owners, whatever the state is. */
const OWNERS_ONLY = "fortress: only owners of this gateway can do that (commands.ownerAllowFrom), with /fortress_owner.";

/** Long enough for any verb, short enough to be repeated in an answer. */
const MAX_WORD = 40;
/** Characters: an error names what is wrong and what to do. */
const MOST_OF_ERROR = 1_000;

type Context = Parameters<OpenClawPluginCommandDefinition["handler"]>[0];

/**
 * `/fortress <verb>` for authorised senders. OpenClaw tells a command who its owner is only when
 * nobody else can run it at all, so here an owner is recognised by the scope of a gateway client
 * (Control UI, terminal); in channels owners use the command below.
 */
export function chatCommand(): OpenClawPluginCommandDefinition {
  return {
    name: "fortress",
    description: `Sandbox isolation: ${VERBS.map(({ name }) => name).join(", ")}`,
    acceptsArgs: true,
    requireAuth: true,
    handler: (context) => answer(context, context.gatewayClientScopes?.includes("operator.admin") === true),
  };
}

/** `/fortress_owner <verb>`: OpenClaw runs it only for owners, and for gateway clients with the scope. */
export function ownerCommand(): OpenClawPluginCommandDefinition {
  return {
    name: "fortress_owner",
    description: "Sandbox isolation, with the words of owners",
    acceptsArgs: true,
    requireAuth: true,
    requiredScopes: ["operator.admin"],
    handler: (context) => answer(context, true),
  };
}

async function answer(context: Context, isOwner: boolean): Promise<{ text: string }> {
  const [word = VERBS[0]!.name, ...words] = (context.args ?? "").split(/\s+/).filter(Boolean);
  const verb = VERBS.find(({ name }) => name === word);
  if (!verb) return { text: unknown(word) };
  if (verb.owner && !isOwner) return { text: OWNERS_ONLY };
  const surface = sharedSurface();
  if (!surface) return { text: NOT_RUNNING };
  try {
    // Ownership may be taken away between the message and the deed.
    if (verb.owner) context.assertOwnerCurrent?.();
    return { text: await verb.run(surface, words) };
  } catch (error) {
    return { text: shortLine(describeError(error), MOST_OF_ERROR) };
  }
}

function unknown(word: string): string {
  const near = nearest(word, VERBS.map(({ name }) => name));
  const shown = word.slice(0, MAX_WORD).replace(/[^\w.-]/g, "?");
  return [...(word === "help" ? [] : [`fortress: ${shown} is not one of its words${near === undefined ? "." : `; did you mean /fortress ${near}?`}`]), ...VERBS.map(describe)].join("\n");
}

function describe({ name, summary, owner }: Verb): string {
  return `/fortress ${name}: ${summary}${owner ? " (owners)" : ""}`;
}
