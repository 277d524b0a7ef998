import type { Answer, Decision, HealingSettings, UnitFacts, Work } from "../model/gateway.ts";
import { EXIT_REFUSED } from "./refusal.ts";

export interface HealingFacts {
  readonly answer: Answer;
  /** Failed probes in a row, this one included. */
  readonly failures: number;
  /** How often systemd started it again since it began to fail. */
  readonly startedAgain: number;
  /** Undefined where no service manager knows the unit. */
  readonly unit: UnitFacts | undefined;
  /** Why the last run did not start, where that passes by itself; undefined where it does not, or nothing is known. */
  readonly passing: string | undefined;
  /** Undefined when it could not be looked at. */
  readonly work: Work | undefined;
  readonly settings: HealingSettings;
  /** When fortress restarted it, by the same clock as `now`. */
  readonly restarts: readonly number[];
  /** Milliseconds of a clock that is never set. */
  readonly now: number;
}

export const FAILURES_BEFORE_RESTART = 3;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A gateway that says that it starts may take this much longer than one that says nothing. */
const STARTING_FACTOR = 3;
/** It may drain for minutes; at one probe every three minutes this is half an hour. */
const FAILURES_BEFORE_DRAIN_ENDS = 10;
const PER_HOUR = 3;
const BACK_OFF = 10 * MINUTE;
const BACK_OFF_MAX = 4 * HOUR;
/** Restarts that still count for the back-off. */
export const MEMORY = 12 * HOUR;
/** A slow start is one that does not end; OpenClaw's own breaker takes three for a loop, too. Slower than its start limit, systemd goes on for ever. */
const STARTS_OF_A_LOOP = 3;
/** OpenClaw's crash-loop breaker trips at three: a restart is an unclean end more. */
const UNCLEAN_STARTS = 2;

/** What to do about a gateway. Nothing is done about what is not known, and nothing against a person's will. */
export function planHealing({ answer, failures, startedAgain, unit, passing, work, settings, restarts, now }: HealingFacts): Decision {
  const decide = (action: Decision["action"], because: string): Decision => ({ action, because });
  const meant = (because: string): Decision => ({ action: "leave", because, meant: true });
  if (answer.liveness === "live") return decide("none", answer.because);
  if (answer.liveness === "foreign") return decide("leave", answer.because);
  if (!unit) return decide("leave", "No service manager knows the gateway's unit, so nothing is known of how it is meant to run.");
  if (unit.active === "inactive") return meant(`${unit.name} is stopped, and stays so until somebody starts it.`);
  if (unit.active === "failed" && unit.exitStatus === EXIT_REFUSED && passing === undefined) return decide("leave", "OpenClaw refuses its configuration or its state (exit code 78); a restart would not change that. See: openclaw doctor.");
  if (!work) return decide("leave", "It can't be seen whether an update or a maintenance of OpenClaw runs.");
  if (work.running !== undefined) return meant(work.running);
  const grace = settings.graceMs * (answer.liveness === "starting" ? STARTING_FACTOR : 1);
  const young = unit.activeForMs !== undefined && unit.activeForMs < grace && answer.liveness !== "draining" ? unit.activeForMs : undefined;
  // Nothing that a restart would mend, but somebody has to hear of it.
  if ((unit.active === "activating" || young !== undefined) && failures >= FAILURES_BEFORE_RESTART && startedAgain >= STARTS_OF_A_LOOP) return decide("diagnose", `${answer.because} systemd started ${unit.name} again ${startedAgain} times since it began to fail, and goes on.`);
  if (unit.active !== "active" && unit.active !== "failed") return decide("wait", `systemd is at work on ${unit.name} itself (${unit.active}, ${unit.restarts} restarts).`);
  if (young !== undefined) return decide("wait", `${unit.name} started ${minutes(young)} ago and has ${minutes(grace)} to answer.`);
  const seen = passing === undefined ? answer.because : `${answer.because} OpenClaw did not start (exit code 78), for what passes: ${passing}.`;
  const needed = answer.liveness === "draining" ? FAILURES_BEFORE_DRAIN_ENDS : FAILURES_BEFORE_RESTART;
  if (failures < needed) return decide("wait", `${seen} ${failures} of ${needed} failures in a row.`);
  if (work.uncleanStarts >= UNCLEAN_STARTS) return decide("diagnose", `${seen} It ended uncleanly ${work.uncleanStarts} times within five minutes; one more would trip OpenClaw's crash-loop breaker.`);

  const recent = restarts.filter((at) => now - at < HOUR).length;
  if (recent >= PER_HOUR) return decide("diagnose", `${seen} It was restarted ${recent} times within an hour, which did not help.`);
  const counted = restarts.filter((at) => now - at < MEMORY);
  const pause = counted.length === 0 ? 0 : Math.min(BACK_OFF * 2 ** (counted.length - 1), BACK_OFF_MAX);
  const since = now - Math.max(...counted);
  if (since < pause) return decide("diagnose", `${seen} It was restarted ${minutes(since)} ago; the next restart comes ${minutes(pause)} after that one.`);
  return settings.restart ? decide("restart", seen) : decide("diagnose", `${seen} health.restart is false: nothing is restarted.`);
}

function minutes(ms: number): string {
  return ms < 2 * MINUTE ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / MINUTE)} min`;
}
