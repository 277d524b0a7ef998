import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { DtdValidator, XmlDocument, XmlDtd, XmlValidateError, XsdValidator } from "libxml2-wasm";
import * as plist from "plist";
import { expect, it } from "vitest";
import { JOBS, type Surroundings } from "../../src/units/jobs.ts";
import { launchAgent } from "../../src/units/launchd.ts";
import { scheduledTask } from "../../src/units/task-scheduler.ts";

const AROUND: Surroundings = { node: "/opt/no de/node", program: '/Users/o"p/<a> & b $x/fortress.mjs', stateDir: "/Users/op/.openclaw", env: {}, profile: undefined };
const WORK: Surroundings = { ...AROUND, env: { OPENCLAW_PROFILE: "a&b" }, profile: "work" };

const format = (name: string): string => readFileSync(join(import.meta.dirname, "formats", name), "utf8");
const TASK = XsdValidator.fromDoc(XmlDocument.fromString(format("task.xsd")));
const PROPERTY_LIST = new DtdValidator(XmlDtd.fromString(format("property-list.dtd")));

/** What a format has against a text; empty where it holds. @throws XmlParseError what is not well-formed */
function against(validator: { validate(document: XmlDocument): void }, text: string): string[] {
  using document = XmlDocument.fromString(text);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (!(error instanceof XmlValidateError)) throw error;
    return error.details.map(({ message }) => message.trim());
  }
}

/** The keys that a launch agent of fortress may have. Source: launchd.plist(5). */
const LAUNCH_AGENT = Type.Object(
  {
    Label: Type.String({ pattern: "^[\\w.-]+$" }),
    ProgramArguments: Type.Array(Type.String(), { minItems: 1 }),
    EnvironmentVariables: Type.Optional(Type.Record(Type.String(), Type.String())),
    StartInterval: Type.Optional(Type.Integer({ minimum: 1 })),
    StartCalendarInterval: Type.Optional(Type.Object({ Minute: Type.Integer({ minimum: 0, maximum: 59 }), Hour: Type.Integer({ minimum: 0, maximum: 23 }) }, { additionalProperties: false })),
    RunAtLoad: Type.Boolean(),
    ProcessType: Type.Union(["Background", "Standard", "Adaptive", "Interactive"].map((each) => Type.Literal(each))),
    Umask: Type.Integer({ minimum: 0, maximum: 0o777 }),
  },
  { additionalProperties: false },
);
const wrongKeys = (text: string): string[] => [...Value.Errors(LAUNCH_AGENT, plist.parse(text))].map(({ path }) => path);

it.each(JOBS)("writes a property list that says what it should: $id", (job) => {
  const { name, text } = launchAgent(job, WORK);
  expect(against(PROPERTY_LIST, text)).toEqual([]);
  expect(wrongKeys(text)).toEqual([]);
  const value = plist.parse(text) as Record<string, unknown>;
  expect(value).toMatchObject({ Label: `ai.openclaw-fortress.${job.id}-work`, ProgramArguments: [AROUND.node, AROUND.program, ...job.args], EnvironmentVariables: { OPENCLAW_PROFILE: "a&b" }, RunAtLoad: true, Umask: 63 });
  expect(name).toBe(`${String(value.Label)}.plist`);
  if ("everySeconds" in job.schedule) expect(value.StartInterval).toBe(job.schedule.everySeconds);
  else expect(value.StartCalendarInterval).toEqual({ Hour: job.schedule.dailyAtHour, Minute: 0 });
});

it.each(JOBS)("writes a task that the Task Scheduler takes: $id", (job) => {
  const { text } = scheduledTask(job, AROUND);
  expect(against(TASK, text)).toEqual([]);
  using document = XmlDocument.fromString(text);
  const said = (name: string): string | undefined => document.get(`//*[local-name()='${name}']`)?.content;
  expect(said("Command")).toBe(AROUND.node);
  expect(said("Arguments")).toBe(`"/Users/o\\"p/<a> & b $$x/fortress.mjs" ${job.args.map((arg) => `"${arg}"`).join(" ")}`);
  expect(said("ExecutionTimeLimit")).toBe(`PT${job.maxMinutes}M`);
});

it.each<[string, string | RegExp, string, RegExp]>([
  ["a wrong order", /(<StartBoundary>.*<\/StartBoundary>)\s*(<Repetition>.*<\/Repetition>)/, "$2$1", /Repetition.*not expected/],
  ["a day that is none", "<StartBoundary>2026-01-01T", "<StartBoundary>2026-02-30T", /StartBoundary/],
  ["a time of day without a day", "<StartBoundary>2026-01-01T", "<StartBoundary>", /StartBoundary/],
  ["no beginning", /<StartBoundary>.*<\/StartBoundary>/, "", /StartBoundary/],
  ["minutes that are no duration", "<Interval>PT3M", "<Interval>3M", /Interval/],
  ["a repetition within a minute", "<Interval>PT3M", "<Interval>PT59S", /Interval.*less than/],
  ["a repetition without its interval", /<Interval>.*<\/Interval>/, "", /Interval/],
  ["a schedule that is none", /<ScheduleByDay>.*<\/ScheduleByDay>/, "", /Missing child element.*ScheduleByDay/],
  ["a policy that is none", "IgnoreNew", "Ignore", /MultipleInstancesPolicy/],
  ["a login that is none", "InteractiveToken", "Interactive", /LogonType/],
  ["a truth that is none", "<StartWhenAvailable>true", "<StartWhenAvailable>yes", /StartWhenAvailable/],
  ["a setting that is none", /(<\/?)StartWhenAvailable/g, "$1StartSometimes", /StartSometimes.*not expected/],
  ["a setting twice", "<Settings>", "<Settings><StartWhenAvailable>true</StartWhenAvailable>", /StartWhenAvailable/],
  ["no command", /<Command>.*<\/Command>/, "", /Command/],
  ["a command that is longer than a path", "<Command>", `<Command>${"a".repeat(260)}`, /Command.*260/],
  ["nothing to do", /<Actions[^]*<\/Actions>/, "", /Actions/],
  ["somebody who is not named", 'Context="Author"', 'Context="Other"', /No match.*Other/],
  ["another namespace", "2004/02/mit/task", "2004/03/mit/task", /Task/],
])("can tell a task from one with %s", (_, what, other, words) => {
  const { text } = scheduledTask(JOBS[0]!, AROUND);
  const changed = text.replace(what, other);
  expect(changed).not.toBe(text);
  expect(against(TASK, changed).join("\n")).toMatch(words);
});

it.each<[string, string | RegExp, string, RegExp]>([
  ["a key without a value", "<true/>", "", /dict/],
  ["a value without its key", "<key>RunAtLoad</key>", "", /dict/],
  ["an element that is none", /(<\/?)integer/g, "$1number", /number/],
  ["several values", "</plist>", "<dict></dict></plist>", /plist/],
])("can tell a property list from one with %s", (_, what, other, words) => {
  const { text } = launchAgent(JOBS[0]!, AROUND);
  const changed = text.replace(what, other);
  expect(changed).not.toBe(text);
  expect(against(PROPERTY_LIST, changed).join("\n")).toMatch(words);
});

it.each<[string, string | RegExp, string, string]>([
  ["a key that is none", "RunAtLoad", "RunAtStart", "/RunAtStart"],
  ["a word for a number", "<integer>180</integer>", "<string>180</string>", "/StartInterval"],
  ["a kind of process that is none", "Background", "Quiet", "/ProcessType"],
  ["one command line for words", /<array>.*<\/array>/, "<string>node fortress.mjs</string>", "/ProgramArguments"],
  ["no label", /<key>Label<\/key><string>.*?<\/string>/, "", "/Label"],
])("can tell a launch agent from one with %s", (_, what, other, path) => {
  const { text } = launchAgent(JOBS[0]!, AROUND);
  const changed = text.replace(what, other);
  expect(changed).not.toBe(text);
  expect(wrongKeys(changed)).toContain(path);
});
