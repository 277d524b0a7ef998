import { createRequire } from "node:module";
import { join } from "node:path";
import * as plist from "plist";
import { expect, it } from "vitest";
import { JOBS, type Surroundings } from "../../src/units/jobs.ts";
import { launchAgent } from "../../src/units/launchd.ts";
import { scheduledTask } from "../../src/units/task-scheduler.ts";

const AROUND: Surroundings = { node: "/opt/no de/node", program: '/Users/o"p/<a> & b/fortress.mjs', stateDir: "/Users/op/.openclaw", env: {}, profile: undefined };
/** A parser that throws at what is not well-formed. */
const { DOMParser } = createRequire(join(import.meta.dirname, "../../node_modules/plist/package.json"))("@xmldom/xmldom") as { DOMParser: new (options: object) => { parseFromString(text: string, type: string): { getElementsByTagName(name: string): ArrayLike<{ textContent: string }> } } };

it.each(JOBS)("writes a property list that says what it should: $id", (job) => {
  const { name, text } = launchAgent(job, { ...AROUND, env: { OPENCLAW_PROFILE: "a&b" }, profile: "work" });
  const value = plist.parse(text) as Record<string, unknown>;
  expect(value).toMatchObject({ Label: `ai.openclaw-fortress.${job.id}-work`, ProgramArguments: [AROUND.node, AROUND.program, ...job.args], EnvironmentVariables: { OPENCLAW_PROFILE: "a&b" }, RunAtLoad: true, Umask: 63 });
  expect(name).toBe(`${String(value.Label)}.plist`);
  if ("everySeconds" in job.schedule) expect(value.StartInterval).toBe(job.schedule.everySeconds);
  else expect(value.StartCalendarInterval).toEqual({ Hour: job.schedule.dailyAtHour, Minute: 0 });
});

it.each(JOBS)("writes a task in well-formed XML: $id", (job) => {
  const errors: string[] = [];
  const document = new DOMParser({ onError: (level: string, message: string) => errors.push(`${level} ${message}`) }).parseFromString(scheduledTask(job, AROUND).text, "text/xml");
  expect(errors).toEqual([]);
  const said = (name: string) => document.getElementsByTagName(name)[0]?.textContent;
  expect(said("Command")).toBe(AROUND.node);
  expect(said("Arguments")).toBe(`"/Users/o\\"p/<a> & b/fortress.mjs" ${job.args.map((arg) => `"${arg}"`).join(" ")}`);
  expect(said("ExecutionTimeLimit")).toBe(`PT${job.maxMinutes}M`);
});
