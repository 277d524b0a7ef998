import type { Finding } from "../model/finding.ts";
import { inert } from "../model/inert.ts";
import { counted } from "../model/units.ts";

/** What fits a phone's notification, and every channel. */
const MOST_TOLD = 4;
const MAX_TEXT = 280;
const MAX_MESSAGE = 1_800;

/**
 * One message about what is bad and what is good, the bad first.
 *
 * @param where the gateway's machine
 * @param heldBack messages that the rate limit kept back since the last one
 */
export function composeNotice(where: string, { news, good, heldBack }: { readonly news: readonly Pick<Finding, "detail" | "remedy">[]; readonly good: readonly string[]; readonly heldBack: number }): string {
  const lines = [`fortress on ${plain(where)}:`];
  for (const { detail, remedy } of news.slice(0, MOST_TOLD)) lines.push(`✗ ${plain(detail)}`, ...(remedy === "" ? [] : [`  → ${plain(remedy)}`]));
  for (const each of good.slice(0, MOST_TOLD)) lines.push(`✓ ${plain(each)}`);
  const left = Math.max(0, news.length - MOST_TOLD) + Math.max(0, good.length - MOST_TOLD);
  if (left > 0) lines.push(`and ${left} more: /fortress status`);
  if (heldBack > 0) lines.push(`${counted(heldBack, "earlier message was", "earlier messages were")} held back: openclaw fortress log`);
  return lines.join("\n").slice(0, MAX_MESSAGE);
}

/**
 * Names of containers and files come from agents: none of them may call a person, make a link or
 * write a line of its own in a chat.
 */
function plain(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  return inert(short.toWellFormed()).replaceAll("@", "＠").replaceAll("<", "‹").replaceAll(">", "›").replaceAll("://", ": //");
}
