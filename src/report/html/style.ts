/** The page's whole style. The policy of the page names its hash: style attributes do nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d7dce2; --track: #e6e9ed;
  --good: #1a7f37; --warn: #8f5f00; --bad: #c02a2f; --odd: #6639ba; --link: #0a5bcf;
  --good-tint: #e6f4ea; --warn-tint: #fff5d6; --bad-tint: #ffebea; --odd-tint: #f3ecff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #171b22; --text: #e6eaef; --quiet: #98a2ae; --line: #2e353e; --track: #262d36;
    --good: #4ac26b; --warn: #e0ac34; --bad: #ff7b72; --odd: #b392f0; --link: #6cb0ff;
    --good-tint: #12261a; --warn-tint: #2b230e; --bad-tint: #32181a; --odd-tint: #231b36;
  }
}
* { box-sizing: border-box; margin: 0; }
body { --tone: var(--good); --tint: var(--good-tint); background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; padding: clamp(12px, 3vw, 32px); max-width: 1240px; margin: 0 auto; overflow-wrap: anywhere; }
body.attention { --tone: var(--warn); --tint: var(--warn-tint); }
body.exposed { --tone: var(--bad); --tint: var(--bad-tint); }
body.unknown { --tone: var(--odd); --tint: var(--odd-tint); }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
code { font: .88em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
h2 { font-size: 1.15rem; margin: 28px 0 12px; }
h3 { font-size: 1.05rem; }
h4 { font-size: .82rem; font-weight: 600; color: var(--quiet); margin: 18px 0 8px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; }
.skip:focus { position: static; }
.quiet { color: var(--quiet); }
.alert { color: var(--bad); font-weight: 600; }
.plain { list-style: none; padding: 0; }
.banner { display: grid; grid-template-columns: auto 1fr auto; gap: 8px 20px; align-items: center; background: var(--tint); border: 1px solid var(--tone); border-radius: 14px; padding: 20px clamp(16px, 3vw, 28px); }
.banner svg { width: 64px; height: 64px; fill: var(--tone); }
.banner .glyph { fill: none; stroke: var(--card); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.banner h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); line-height: 1.15; letter-spacing: .04em; color: var(--tone); }
.banner .facts, .banner nav { color: var(--quiet); font-size: .88rem; }
.banner nav { text-align: right; }
.banner nav a { display: inline-block; padding: 3px 0 3px 10px; }
.finding { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--mark); border-radius: 10px; padding: 12px 16px; margin-bottom: 10px; }
.finding.critical { --mark: var(--bad); --mark-tint: var(--bad-tint); }
.finding.warn { --mark: var(--warn); --mark-tint: var(--warn-tint); }
.finding.info { --mark: var(--quiet); --mark-tint: var(--track); }
.badge { color: var(--mark); background: var(--mark-tint); border-radius: 6px; padding: 2px 8px; font-size: .78rem; }
.id { color: var(--quiet); }
.remedy { margin-top: 4px; color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px clamp(14px, 2.4vw, 24px) 22px; margin-bottom: 16px; }
.state::before { content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; margin-right: .4em; background: var(--quiet); }
.state.up::before { background: var(--good); }
.map { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); gap: 12px; margin-top: 14px; }
.column { border: 1px solid var(--line); border-top: 4px solid var(--edge); border-radius: 10px; padding: 10px 14px 12px; font-size: .92rem; }
.column.rw { --edge: var(--warn); }
.column.ro { --edge: var(--link); }
.column.hidden { --edge: var(--good); }
.column h4 { margin: 0 0 6px; color: var(--text); }
.column li { padding: 2px 0; }
.column li .quiet { font-size: .86em; }
.count { float: right; color: var(--quiet); font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--link); padding: 4px 0; }
.gauges { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); gap: 12px 20px; }
.gauges + .quiet { margin-top: 8px; }
.gauges ~ .quiet { font-size: .88rem; }
.gauge dt { font-weight: 600; font-size: .9rem; }
.gauge dd span { font-size: .88rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.gauge.short dd span { color: var(--bad); }
meter { display: block; width: 100%; height: 10px; margin: 4px 0 2px; appearance: none; background: none; border: 0; }
meter::-webkit-meter-bar { background: var(--track); border: 0; border-radius: 5px; height: 10px; }
meter::-webkit-meter-optimum-value { background: var(--good); border-radius: 5px; }
meter::-webkit-meter-suboptimum-value { background: var(--warn); border-radius: 5px; }
meter::-moz-meter-bar { background: var(--good); border-radius: 5px; }
meter:-moz-meter-sub-optimum::-moz-meter-bar { background: var(--warn); }
.chips { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 6px; }
.chips li { background: var(--track); border-radius: 6px; padding: 2px 9px; font-size: .86rem; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .82rem; color: var(--quiet); }
tbody tr:last-child td { border-bottom: 0; }
.history td:first-child { white-space: nowrap; }
.history td { font-variant-numeric: tabular-nums; }
.history td:nth-child(3) { min-width: 16em; }
.history p { font-size: .92em; }
.outcome { white-space: nowrap; }
.outcome.verified { color: var(--good); }
.outcome.degraded { color: var(--warn); }
.outcome.failed, .outcome.unreadable { color: var(--bad); }
.outcome.unseen { color: var(--odd); }
.timeline li { display: grid; grid-template-columns: 9.5em 1fr; gap: 0 12px; padding: 6px 0; border-bottom: 1px solid var(--line); font-size: .92rem; }
.timeline li:last-child { border: 0; }
.timeline time { color: var(--quiet); font-variant-numeric: tabular-nums; }
dl.facts { display: flex; flex-wrap: wrap; gap: 8px 32px; margin-top: 14px; font-size: .92rem; }
dl.facts dt { font-size: .82rem; font-weight: 600; color: var(--quiet); }
@media (max-width: 620px) {
  .banner { grid-template-columns: auto 1fr; }
  .banner svg { width: 48px; height: 48px; }
  .banner nav { grid-column: 1 / -1; text-align: left; }
  .banner nav a { padding: 3px 10px 3px 0; }
  .timeline li { grid-template-columns: 1fr; }
  .history thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .history, .history tbody, .history tr, .history td { display: block; }
  .history tr { padding: 10px 0; border-bottom: 1px solid var(--line); }
  .history td, .history td:nth-child(3) { min-width: 0; border: 0; padding: 1px 0; }
}
`;
