import { type Job, type Surroundings, type UnitFile, unitName } from "./jobs.ts";
import { signXml } from "./mark.ts";

/** A launch agent of the user. Its format: launchd.plist(5). */
export function launchAgent(job: Job, around: Surroundings): UnitFile {
  const label = `ai.${unitName(job, around).replace("openclaw-fortress-", "openclaw-fortress.")}`;
  const schedule = "everySeconds" in job.schedule ? entry("StartInterval", integer(job.schedule.everySeconds)) : entry("StartCalendarInterval", dictionary(entry("Hour", integer(job.schedule.dailyAtHour)), entry("Minute", integer(0))));
  const body = dictionary(
    entry("Label", string(label)),
    entry("ProgramArguments", `<array>${[around.node, around.program, ...job.args].map(string).join("")}</array>`),
    ...(Object.keys(around.env).length === 0 ? [] : [entry("EnvironmentVariables", dictionary(...Object.entries(around.env).map(([key, value]) => entry(key, string(value)))))]),
    schedule,
    entry("RunAtLoad", "<true/>"),
    entry("ProcessType", string("Background")),
    // Octal 077: launchd reads a number as decimal.
    entry("Umask", integer(0o077)),
  );
  const doctype = '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
  return { name: `${label}.plist`, text: signXml('<?xml version="1.0" encoding="UTF-8"?>', `${doctype}\n<plist version="1.0">${body}</plist>`) };
}

const entry = (key: string, value: string): string => `\n<key>${escapeXml(key)}</key>${value}`;
const dictionary = (...entries: readonly string[]): string => `<dict>${entries.join("")}\n</dict>`;
const string = (text: string): string => `<string>${escapeXml(text)}</string>`;
const integer = (value: number): string => `<integer>${value}</integer>`;

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replace(/[\p{Cc}]/gu, "");
}
