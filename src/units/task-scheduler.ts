import { FortressError } from "../model/errors.ts";
import { type Job, type Surroundings, type UnitFile, unitName } from "./jobs.ts";
import { escapeXml } from "./launchd.ts";
import { signXml } from "./mark.ts";

/** A time of day to begin from; a task repeats from there. */
const BEGINNING = "2026-01-01T";

/** A task of the user for Windows' Task Scheduler. Its format: MS-TSCH 2.5, `Task` 1.2. */
export function scheduledTask(job: Job, around: Surroundings): UnitFile {
  const [named] = Object.keys(around.env);
  if (named !== undefined) throw new FortressError("service-refused", `A scheduled task has no environment of its own, so ${named} can't be given to it.`, "Set it for the whole user (setx), and run this without it.");
  const args = [around.program, ...job.args].map(windowsWord).join(" ");
  const task = `<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>fortress: ${escapeXml(job.description)}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
${trigger(job)}
    </CalendarTrigger>
  </Triggers>
  <Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT${job.maxMinutes}M</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author"><Exec><Command>${escapeXml(around.node)}</Command><Arguments>${escapeXml(args)}</Arguments></Exec></Actions>
</Task>`;
  return { name: `${unitName(job, around)}.xml`, text: signXml('<?xml version="1.0" encoding="UTF-8"?>', task) };
}

function trigger({ schedule }: Job): string {
  const daily = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>";
  if ("dailyAtHour" in schedule) return `      <StartBoundary>${BEGINNING}${String(schedule.dailyAtHour).padStart(2, "0")}:00:00</StartBoundary>\n      ${daily}`;
  return `      <StartBoundary>${BEGINNING}00:00:00</StartBoundary>\n      <Repetition><Interval>PT${Math.ceil(schedule.everySeconds / 60)}M</Interval><Duration>P1D</Duration></Repetition>\n      ${daily}`;
}

/** As `CommandLineToArgvW` takes words apart, after the Task Scheduler took `$(…)` for a parameter (MS-TSCH 2.5.9). */
function windowsWord(word: string): string {
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&").replaceAll("$", "$$$$")}"`;
}
