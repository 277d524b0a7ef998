import { none, outside } from "../check.ts";

export const check = outside({
  id: "filesystem.no-shared-propagation",
  title: "Mounts made in the sandbox do not appear on the host",
  severity: "critical",
  maps: ["CIS-5.20"],
  remedy: "Remove shared and rshared from sandbox.docker.binds.",
  look({ read, container, mounts }) {
    const lines = read(`/proc/${container.pid}/mountinfo`)?.trimEnd().split("\n");
    const targets = new Set(container.binds.map(({ target }) => target));
    // Optional fields stand between the options and the dash. Source: proc_pid_mountinfo(5).
    const found = mounts && lines?.map((line) => line.split(" - ", 1)[0]!.split(" ")).filter((fields) => targets.has(fields[4]!) && fields.slice(6).some((field) => field.startsWith("shared:")));
    return none(found?.map((fields) => fields[4]!), "mounts with shared propagation");
  },
});
