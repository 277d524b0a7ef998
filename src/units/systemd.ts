import { FortressError } from "../model/errors.ts";
import { type Job, type Surroundings, type UnitFile, unitName } from "./jobs.ts";
import { sign } from "./mark.ts";

/**
 * A service and a timer for systemd's manager of the user. A user's manager can only shut a service in
 * within a user namespace (`PrivateUsers`) or without new privileges: every seccomp filter implies the
 * latter. In neither can a rootless engine set up its own namespace (`newuidmap` is setuid), unless one
 * was left by a command before, as after a boot there is not. What calls an engine is not shut in.
 */
export function systemdUnits(job: Job, around: Surroundings): UnitFile[] {
  const name = unitName(job, around);
  const service = [
    "[Unit]",
    `Description=fortress: ${job.description}`,
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${[around.node, around.program, ...job.args].map(quote).join(" ")}`,
    ...Object.entries(around.env).map(([key, value]) => `Environment=${quote(`${key}=${value}`)}`),
    `TimeoutStartSec=${job.maxMinutes}min`,
    // Whoever looks after others must not compete with them.
    "Nice=5",
    "UMask=0077",
    "LimitCORE=0",
    "TasksMax=256",
    "RuntimeDirectory=openclaw-fortress",
    "RuntimeDirectoryMode=0700",
    "RuntimeDirectoryPreserve=yes",
    ...(job.confined ? [...CONFINED, `ReadWritePaths=${[`${around.stateDir}/fortress`, `-${around.stateDir}/state`].map(quotePath).join(" ")}`] : []),
  ];
  const timer = ["[Unit]", `Description=fortress: ${job.description}`, "", "[Timer]", ...when(job), "", "[Install]", "WantedBy=timers.target"];
  return [
    { name: `${name}.service`, text: sign(service.join("\n"), "#") },
    { name: `${name}.timer`, text: sign(timer.join("\n"), "#") },
  ];
}

function when({ schedule }: Job): string[] {
  if ("dailyAtHour" in schedule) return [`OnCalendar=*-*-* ${String(schedule.dailyAtHour).padStart(2, "0")}:00:00`, "RandomizedDelaySec=30min", "Persistent=yes"];
  return [`OnActiveSec=${schedule.everySeconds}s`, `OnUnitInactiveSec=${schedule.everySeconds}s`, "AccuracySec=10s"];
}

const CONFINED = [
  "NoNewPrivileges=yes",
  "PrivateUsers=yes",
  "ProtectSystem=strict",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "CapabilityBoundingSet=",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
  // Loopback and the sockets of the user's manager.
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
];

/** One word of a command line or an assignment: nothing in it means anything to systemd. */
function quote(word: string): string {
  if (/[\n\r\0]/.test(word)) throw new FortressError("service-refused", `${JSON.stringify(word.slice(0, 80))} can't stand in a unit file.`, "Move it to a path without line breaks.");
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return `"${escaped}"`;
}

/** Paths know no variables, and their prefix stands before the quotes. */
function quotePath(path: string): string {
  const [, prefix = "", rest = ""] = /^(-?)(.*)$/s.exec(path) ?? [];
  return `${prefix}${quote(rest).replaceAll("$$", "$")}`;
}
