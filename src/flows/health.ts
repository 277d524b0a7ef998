import type { CounterFile } from "../edge/counter-file.ts";
import { classify, readinessOf } from "../health/classify.ts";
import { type Counters, counting, readCounters, startedAgain, writeCounters } from "../health/counters.ts";
import { FAILURES_BEFORE_RESTART, planHealing } from "../health/plan.ts";
import { EXIT_REFUSED, passingRefusal } from "../health/refusal.ts";
import { strangerOn } from "../health/stranger.ts";
import { readUnit, UNIT_PROPERTIES } from "../health/unit.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { Answer, Decision, HealingSettings, HealthReport, ListeningSocket, ProbeResponse, UnitFacts, Work } from "../model/gateway.ts";

/** The outside world, as far as the gateway's health needs it. What a healthy gateway does not need is loaded when it is called. */
export interface HealthEdges {
  /** @throws FortressError `host-config-unreadable` */
  readonly endpoint: () => { readonly port: number; readonly tls: boolean };
  readonly unit: string;
  readonly probe: (target: { readonly port: number; readonly tls: boolean; readonly path: string; readonly deadlineMs: number }) => Promise<ProbeResponse>;
  readonly show: (unit: string, properties: readonly string[]) => Promise<string | undefined>;
  /** What takes connections to a port of loopback; empty where nothing does, or it can't be seen. */
  readonly listeners: (port: number) => Promise<readonly ListeningSocket[]>;
  /** What the processes of one run of the unit wrote last; empty where that can't be read. */
  readonly lastWords: (invocation: string) => Promise<string>;
  readonly restart: (unit: string) => Promise<boolean>;
  readonly kill: (unit: string) => Promise<boolean>;
  readonly work: () => Promise<Work | undefined>;
  readonly settings: () => Promise<HealingSettings>;
  readonly counters: CounterFile;
  readonly boot: string;
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Keeps what the machine and the log say of the unit; returns where. May reject, as on a full disk. */
  readonly diagnose: (unit: UnitFacts | undefined, port: number, what: Pick<HealthReport, "because" | "decision" | "failures">) => Promise<string>;
  /** Tells the operator and writes it down. Never rejects. */
  readonly announce: (event: HealthEvent) => Promise<void>;
}

export interface HealthEvent {
  readonly kind: "restarted" | "down" | "recovered";
  /** What happened and why, for the operator. */
  readonly text: string;
  readonly outcome: "done" | "failed" | "refused";
}

const PROBE_MS = 5_000;
const READY_MS = 3_000;
/** For an orderly stop; whoever does not react by then never will. */
const STOP_MS = 20_000;
const POLL_MS = 500;
const MOST_REASON = 300;

interface Seen {
  readonly answer: Answer;
  readonly port: number;
  readonly tls: boolean;
}

interface Kept {
  readonly evidence: string | undefined;
  /** Why there is none, where there should be; one sentence. */
  readonly without: string | undefined;
}

/**
 * Looks at the gateway from outside, and with `heal` does what the plan says. Without it nothing is
 * counted, written or restarted.
 */
export async function checkHealth(edges: HealthEdges, { heal }: { readonly heal: boolean }): Promise<HealthReport> {
  let seen: Seen;
  try {
    seen = await look(edges, edges.endpoint());
  } catch (error) {
    if (!(error instanceof FortressError)) throw error;
    return { ...NOTHING, state: "unknown", because: error.message, decision: { action: "leave", because: error.message } };
  }
  if (seen.answer.liveness === "live") return healthy(edges, seen, heal);

  const unit = await unitFacts(edges);
  // Whoever put another port into the unit has a gateway that answers there.
  if (unit?.port !== undefined && unit.port !== seen.port) {
    seen = await look(edges, { ...seen, port: unit.port });
    if (seen.answer.liveness === "live") return healthy(edges, seen, heal);
  }
  // What is no HTTP gives no better answer than a gateway that hangs.
  const stranger = unit && seen.answer.liveness === "down" ? strangerOn(await edges.listeners(seen.port), unit) : undefined;
  if (stranger !== undefined) seen = { ...seen, answer: { liveness: "foreign", because: `Port ${seen.port} is held by ${stranger}, which is not the gateway's service.` } };
  if (heal) return (await edges.counters.exclusively(() => act(edges, seen, unit))) ?? notNow(seen);
  return judged(edges, seen, unit, counted(edges));
}

/** The plan's word on what was seen. */
async function judged(edges: HealthEdges, { answer, port }: Seen, unit: UnitFacts | undefined, counters: Counters): Promise<HealthReport> {
  const [work, settings, passing] = await Promise.all([edges.work(), edges.settings(), passingOf(edges, unit)]);
  const decision = planHealing({ answer, failures: counters.failures, startedAgain: startedAgain(counters, unit?.restarts), unit, passing, work, settings, restarts: counters.restarts, now: edges.now() });
  return { ...NOTHING, state: answer.liveness, because: answer.because, port, failures: counters.failures, decision };
}

/** Of a run that OpenClaw itself ended, and that systemd was told not to follow by another. */
async function passingOf({ lastWords }: HealthEdges, unit: UnitFacts | undefined): Promise<string | undefined> {
  if (unit?.active !== "failed" || unit.exitStatus !== EXIT_REFUSED || unit.invocation === undefined) return undefined;
  return passingRefusal(await lastWords(unit.invocation));
}

async function act(edges: HealthEdges, seen: Seen, unit: UnitFacts | undefined): Promise<HealthReport> {
  const counters = counting(counted(edges), unit?.restarts);
  const report = await judged(edges, seen, unit, counters);
  const { decision } = report;
  const bad = counters.failures >= FAILURES_BEFORE_RESTART && unit?.active !== "inactive" && decision.action !== "wait";
  const tell = bad && !counters.told && decision.action !== "restart";
  const { evidence, without } = decision.action === "restart" || tell || (bad && counters.failures === FAILURES_BEFORE_RESTART) ? await keepEvidence(edges, seen, unit, report) : NO_EVIDENCE;

  if (decision.action !== "restart") {
    edges.counters.write(writeCounters({ ...counters, told: counters.told || tell }));
    if (tell) await edges.announce({ kind: "down", text: sentences(`The gateway does not answer, and fortress leaves it alone: ${decision.because}`, without), outcome: "refused" });
    return { ...report, evidence, outcome: without };
  }
  // Before the deed: a run that dies in it must not forget it.
  edges.counters.write(writeCounters({ ...counters, failures: 0, restarts: [...counters.restarts, edges.now()], told: true }));
  const { outcome: restarted, done } = await restart(edges, unit!);
  const outcome = sentences(restarted, without);
  await edges.announce({ kind: "restarted", text: `The gateway ${done ? "was" : "could not be"} restarted: ${decision.because} ${outcome}`, outcome: done ? "done" : "failed" });
  return { ...report, evidence, outcome };
}

/** The gateway's life does not hang on what is kept of it: a full disk is one of the reasons for which it hangs. */
async function keepEvidence({ diagnose }: HealthEdges, { port }: Seen, unit: UnitFacts | undefined, report: HealthReport): Promise<Kept> {
  try {
    return { evidence: await diagnose(unit, port, report), without: undefined };
  } catch (error) {
    return { evidence: undefined, without: `No evidence of it could be kept: ${textOf(error).slice(0, MOST_REASON)}.` };
  }
}

/** Asks the manager to stop and start it; what does not react to that is killed. */
async function restart(edges: HealthEdges, { name, pid }: UnitFacts): Promise<{ readonly outcome: string; readonly done: boolean }> {
  if (!(await edges.restart(name))) return { outcome: `systemd refused to restart ${name}.`, done: false };
  const deadline = edges.now() + STOP_MS;
  /** Undefined until it was tried. */
  let killed: boolean | undefined;
  while (edges.now() < deadline + (killed ? STOP_MS : 0)) {
    const current = await unitFacts(edges);
    if (current && current.pid !== 0 && current.pid !== pid) return { outcome: killed ? "It did not react to being stopped and was killed." : "It is starting.", done: true };
    if (killed === undefined && pid !== 0 && edges.now() >= deadline - POLL_MS) killed = await edges.kill(name);
    await edges.wait(POLL_MS);
  }
  return { outcome: `${killed === false ? "It did not react to being stopped, and systemd could not kill it. " : ""}${name} did not start again.`, done: false };
}

async function healthy(edges: HealthEdges, { answer, port, tls }: Seen, heal: boolean): Promise<HealthReport> {
  const readiness = readinessOf(await edges.probe({ port, tls, path: "/readyz", deadlineMs: READY_MS }));
  if (heal) {
    const { failures, told } = counted(edges);
    if (failures > 0 || told) {
      await edges.counters.exclusively(async () => {
        edges.counters.write(writeCounters({ ...counted(edges), failures: 0, told: false }));
        if (told) await edges.announce({ kind: "recovered", text: "The gateway answers again.", outcome: "done" });
      });
    }
  }
  return { ...NOTHING, state: "live", because: answer.because, port, readiness, decision: { action: "none", because: answer.because } };
}

/**
 * Asks `/healthz`; by the other scheme where the connection broke, because the configuration may be
 * ahead of the process, and `/startupz` where there was an answer, which may be that it only starts.
 */
async function look({ probe }: HealthEdges, { port, tls }: { readonly port: number; readonly tls: boolean }): Promise<Seen> {
  const ask = (path: string, secure: boolean): Promise<ProbeResponse> => probe({ port, tls: secure, path, deadlineMs: PROBE_MS });
  const response = await ask("/healthz", tls);
  const answer = classify(response, port);
  if (answer.liveness === "live") return { answer, port, tls };
  if (response.kind === "reset") {
    const other = classify(await ask("/healthz", !tls), port);
    if (other.liveness === "live") return { answer: other, port, tls: !tls };
  }
  if (response.kind === "answer") {
    const startup = classify(await ask("/startupz", tls), port);
    if (startup.liveness === "starting" || startup.liveness === "draining") return { answer: startup, port, tls };
  }
  return { answer, port, tls };
}

async function unitFacts({ show, unit, now }: HealthEdges): Promise<UnitFacts | undefined> {
  const output = await show(unit, UNIT_PROPERTIES);
  return output === undefined ? undefined : readUnit(unit, output, now());
}

function counted({ counters, boot, now }: HealthEdges): Counters {
  return readCounters(counters.read(), boot, now());
}

function notNow({ answer, port }: Seen): HealthReport {
  const decision: Decision = { action: "wait", because: "Another run looks after it at the moment." };
  return { ...NOTHING, state: answer.liveness, because: answer.because, port, decision };
}

function sentences(...each: readonly (string | undefined)[]): string {
  return each.filter((sentence) => sentence !== undefined).join(" ");
}

const NO_EVIDENCE: Kept = { evidence: undefined, without: undefined };
const NOTHING = { port: undefined, readiness: undefined, failures: 0, outcome: undefined, evidence: undefined } as const;
