import type { BackupEntry, BackupReport } from "../../model/backup.ts";
import type { Report } from "../../model/report.ts";
import { drillWord, holdsWords, olderWords, outcomeWord } from "../backup.ts";
import { localTime } from "../words.ts";
import { type Html, html } from "./html.ts";

const MARKS: Readonly<Record<BackupEntry["outcome"], string>> = { verified: "✓", degraded: "!", failed: "✗", unreadable: "✗", unseen: "?" };

/** The latest backups, the last drill and the next run. */
export function backups({ backup }: Report): Html | undefined {
  if (!backup) return undefined;
  return html`<section aria-labelledby="backups">
<h2 id="backups">Backups</h2>
<div class="card">
${backup.latest.length === 0 ? nothing(backup) : history(backup)}
<dl class="facts">${facts(backup)}</dl>
</div>
</section>`;
}

function nothing({ enabled }: BackupReport): Html {
  return html`<p>No backup was made yet. ${enabled ? "The gateway makes the first one by itself; to have one now:" : "None is made by itself, as backups.enabled says; to make one:"} <code>openclaw fortress backup create</code></p>`;
}

/** Where the page is narrow, rows stand as blocks; the roles keep it a table for those who listen. */
function history({ latest, older }: BackupReport): Html {
  return html`<table class="history" role="table">
<caption class="visually-hidden">The latest backups, the newest first</caption>
<thead role="rowgroup"><tr role="row">${["When", "State", "Holds", "Kept as"].map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${latest.map(row)}</tbody>
</table>
${older > 0 ? html`<p class="quiet">${olderWords(older)}</p>` : undefined}`;
}

function row(entry: BackupEntry): Html {
  const { at, outcome, detail, kept } = entry;
  return html`<tr role="row">
<td role="cell">${time(at)}</td>
<td role="cell"><strong class="outcome ${outcome}"><span aria-hidden="true">${MARKS[outcome]}</span> ${outcomeWord(entry)}</strong>${detail === undefined ? undefined : html`<p class="quiet"><bdi>${detail}</bdi></p>`}</td>
<td role="cell">${holdsWords(entry).join(", ") || "–"}</td>
<td role="cell">${kept.length === 0 ? "–" : kept.join(", ")}</td>
</tr>`;
}

function facts({ enabled, lastDrill, nextRun, directory }: BackupReport): Html[] {
  const said: readonly (readonly [name: string, value: Html | string])[] = [
    ["Last drill", lastDrill ? html`${drillWord(lastDrill)}, ${time(lastDrill.at)}` : "none yet"],
    ["Next run", !enabled ? "on demand only" : nextRun === undefined ? "unknown" : time(nextRun)],
    ...(directory === undefined ? [] : [["Sets lie in", html`<code><bdi>${directory}</bdi></code>`] as const]),
  ];
  return said.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
}

function time(at: string): Html {
  return html`<time datetime="${at}">${localTime(at)}</time>`;
}
