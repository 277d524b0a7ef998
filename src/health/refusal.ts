/** OpenClaw refuses to start, and systemd is told not to try again. */
export const EXIT_REFUSED = 78;

/**
 * What OpenClaw writes when it ends so for what passes: while it starts it takes its state over by
 * leases, and it can't get one, or a loaded machine lets one expire. It says itself that it may be
 * started again. Source: its `infra/startup-migration-checkpoint`, `state/openclaw-state-lease`,
 * `state/openclaw-state-lease-heartbeat`, `commands/doctor-startup-migration-refusal`.
 */
const PASSING = [
  /startup migration lease was lost before startup migrations completed/,
  /startup migrations are already running for this state directory/,
  /\blease [\w.-]+\/[\w.-]+ (?:was lost|is held by)/,
  /state lease heartbeat (?:did not become ready|is not running|is not responsive|lease expired|exited)/,
  /migration inputs changed during startup/,
];

/**
 * The words by which OpenClaw says that it may be started again; undefined when it says no such thing,
 * which is always so for a configuration that it refuses.
 *
 * @param said the last lines of a run that ended with {@link EXIT_REFUSED}
 */
export function passingRefusal(said: string): string | undefined {
  return PASSING.flatMap((words) => words.exec(said)?.[0] ?? [])[0];
}
