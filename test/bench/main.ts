/** What fortress costs: the same gateway with it and without it, side by side in one run. */
import { build } from "../support/build.ts";
import { startScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { type BackupCost, measureBackupCost } from "./backup-cost.ts";
import { measureExecCost, type ExecCost } from "./exec-cost.ts";
import { measureHealthCost } from "./health-cost.ts";
import { startSide, type Sample, type Side } from "./gateways.ts";
import { measureWatchCost, type WatchCost } from "./watch-cost.ts";
import { measureVerifyCost, type VerifyCost } from "./verify-cost.ts";
import { extras, spread } from "./statistics.ts";

const WARM_ROUNDS = 12;
const CREATION_ROUNDS = 4;

interface Row {
  readonly what: string;
  readonly demand: string;
  readonly value: string;
  /** Undefined where nothing is demanded. */
  readonly ok: boolean | undefined;
}

/** One sample of each side per round, the order turned each time: noise of the machine meets both. */
async function interleaved(rounds: number, plain: Side, fortress: Side, take: (side: Side) => Promise<Sample>): Promise<[Sample, Sample][]> {
  const pairs: [Sample, Sample][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? plain : fortress;
    const early = await take(first);
    const late = await take(first === plain ? fortress : plain);
    pairs.push(first === plain ? [early, late] : [late, early]);
  }
  return pairs;
}

function times(ratios: readonly number[]): string {
  const { min, median, max } = spread(ratios);
  return `× ${median.toFixed(2)} (${min.toFixed(2)} … ${max.toFixed(2)}, ${ratios.length} pairs)`;
}

function timeRow(what: string, pairs: readonly [Sample, Sample][]): Row {
  return { what, demand: "-", value: times(pairs.map(([plain, fortress]) => fortress.milliseconds / plain.milliseconds)), ok: undefined };
}

function countRow(what: string, atMost: number, pairs: readonly [Sample, Sample][]): Row {
  const most = pairs.toSorted((left, right) => difference(right) - difference(left))[0]!;
  const [plain, fortress] = most;
  const named = extras(plain.calls, fortress.calls);
  return {
    what,
    demand: atMost === 0 ? "0" : `≤ ${atMost}`,
    value: `${difference(most)} at most (${plain.calls.length} → ${fortress.calls.length}${named ? `: ${named}` : ""})`,
    ok: pairs.every((pair) => difference(pair) <= atMost),
  };
}

function difference([plain, fortress]: readonly [Sample, Sample]): number {
  return fortress.calls.length - plain.calls.length;
}

function costRow({ clock, cpu }: ExecCost): Row {
  const { median, p95 } = spread(clock);
  return {
    what: "fortress's own time per exec",
    demand: "< 1 ms",
    value: `p50 ${median.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, CPU ${cpu.toFixed(2)} ms`,
    // The tail of the clock belongs to whoever else uses the machine.
    ok: median < 1 && cpu < 1,
  };
}

function healthRow(ratios: readonly number[]): Row {
  return { what: "a look at a healthy gateway, to an empty node process", demand: "≤ × 2.5", value: times(ratios), ok: spread(ratios).median <= 2.5 };
}

/** What else copies a database is shown beside it, and nothing is demanded of that. */
function backupRow({ way, journal, rate, p95, seconds }: BackupCost): Row {
  const done = seconds.filter((each) => each !== undefined);
  const time = done.length < seconds.length ? "not done in 30 s" : `${spread(done).median.toFixed(1)} s`;
  const ours = way === "fortress";
  // With a rollback journal whoever reads holds writers up, for as long as it takes; and ten commits a second are few to take a 95th percentile of.
  const judged = journal === "wal" && rate >= 100;
  return {
    what: `${way} of 200 MB, ${rate} commits/s, ${journal}: a commit's p95 beside none`,
    demand: ours ? (judged ? "≤ × 2, < 5 s" : "< 5 s") : "-",
    value: `× ${p95.toFixed(2)}, ${time} (${seconds.length} ${seconds.length === 1 ? "copy" : "copies"})`,
    ok: ours ? done.length === seconds.length && spread(done).median < 5 && (!judged || p95 <= 2) : undefined,
  };
}

/** For a few sandboxes: what the engine needs for its answer grows with them, and so does reading it. */
function commandRow(of: string, sandboxes: number, command: WatchCost["command"]): Row {
  const ratios = command.map(({ own, least }) => own / least);
  const judged = sandboxes <= 10;
  return {
    what: `fortress.mjs status ${of}, to an empty node process, podman ps and podman inspect`,
    demand: judged ? "≤ × 2.5" : "-",
    value: `${times(ratios)}, ${spread(command.map(({ own }) => own)).median.toFixed(0)} ms`,
    ok: judged ? spread(ratios).median <= 2.5 : undefined,
  };
}

function correctionRows(corrected: WatchCost["corrected"]): Row[] {
  if (corrected.length === 0) return [];
  const { median, max } = spread(corrected.map(({ own }) => own));
  return [{ what: "from a limit changed by hand to the limit restored, to one podman update", demand: "< 2 s", value: `${times(corrected.map(({ own, plain }) => own / plain))}, p50 ${median.toFixed(0)} ms, at most ${max.toFixed(0)} ms`, ok: max < 2_000 }];
}

function watchRows({ sandboxes, sweep, status, command, starts, limited, corrected }: WatchCost): Row[] {
  const of = `of ${sandboxes} ${sandboxes === 1 ? "sandbox" : "sandboxes"}`;
  return [
    { what: `a sweep ${of}, to one podman inspect`, demand: "-", value: times(sweep), ok: undefined },
    { what: `a status ${of}, to one podman inspect`, demand: "-", value: times(status), ok: undefined },
    commandRow(of, sandboxes, command),
    { what: `engine processes per sweep ${of}`, demand: "2", value: `${starts.length}: ${starts.join(", ")}`, ok: starts.length === 2 },
    { what: `limited by one sweep, ${of}`, demand: String(sandboxes), value: String(limited), ok: limited === sandboxes },
    ...correctionRows(corrected),
  ];
}

/** The quick checks read the kernel only, so their engine time is that of no process; all of them need one exec. */
function verifyRows({ what, own, plain, starts }: VerifyCost): Row[] {
  const quick = what === "quick";
  const { median, p95 } = spread(own);
  const checks = quick ? "the quick checks of one sandbox" : "all checks of one sandbox";
  const most = quick ? 0 : 1;
  return [
    { what: `${checks}, to one podman ${quick ? "inspect" : "exec true"}`, demand: quick ? "< 300 ms" : "-", value: `${times(own.map((each, round) => each / plain[round]!))}, p50 ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`, ok: quick ? median < 300 : undefined },
    { what: `engine processes for ${checks}`, demand: String(most), value: `${starts.length}${starts.length > 0 ? `: ${starts.join(", ")}` : ""}`, ok: starts.length === most },
  ];
}

function print(rows: readonly Row[]): void {
  const cells = [["", "demand", "value", ""], ...rows.map(({ what, demand, value, ok }) => [what, demand, value, ok === undefined ? "" : ok ? "ok" : "NOT OK"])];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  console.log(`\n${cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n")}`);
}

async function main(): Promise<boolean> {
  const log = (line: string): void => console.log(line);
  await build();
  const engine = await prepareEngine({ log });
  const rows: Row[] = [];
  {
    await using model = await startScriptedModel();
    log("Starting two gateways");
    await using plain = await startSide(engine, model, { plugin: false });
    await using fortress = await startSide(engine, model, { plugin: true });
    // The first turn of a gateway also loads what all later ones use.
    for (const side of [plain, fortress]) await side.creation();
    log(`${CREATION_ROUNDS} turns each that create their sandbox`);
    const creations = await interleaved(CREATION_ROUNDS, plain, fortress, (side) => side.creation());
    log(`${WARM_ROUNDS} warm turns each`);
    const warm = await interleaved(WARM_ROUNDS, plain, fortress, (side) => side.warm());
    rows.push(
      timeRow("time of a warm turn with one exec", warm),
      countRow("more engine processes per warm turn", 0, warm),
      timeRow("time of a turn that creates its sandbox", creations),
      countRow("more engine calls at creation", 2, creations),
    );
  }
  log("Measuring single execs");
  rows.push(costRow(await measureExecCost(engine)));
  log("Checking a sandbox");
  rows.push(...(await measureVerifyCost(engine)).flatMap(verifyRows));
  log("Watching up to a hundred sandboxes");
  rows.push(...(await measureWatchCost(engine)).flatMap(watchRows));
  log("Copying a database while it is written to");
  rows.push(...(await measureBackupCost()).map(backupRow));
  log("Measuring the probe");
  rows.push(healthRow(await measureHealthCost()));
  print(rows);
  return rows.every(({ ok }) => ok !== false);
}

process.exitCode = (await main()) ? 0 : 1;
