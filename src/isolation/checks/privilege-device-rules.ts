import { none, notApplicable, outside } from "../check.ts";

export const check = outside({
  id: "privilege.device-rules",
  title: "No device of the host may be opened",
  severity: "critical",
  maps: ["PRIV-08", "CIS-5.18", "CIS-5.5", "PSS Privileged Containers"],
  remedy: "Remove devices and privileged from the container; OpenClaw itself asks for neither.",
  look({ read, container, oci }) {
    const path = /^\d+:devices:(\/.*)$/m.exec(read(`/proc/${container.pid}/cgroup`) ?? "")?.[1];
    const list = path === undefined ? undefined : read(`/sys/fs/cgroup/devices${path}/devices.list`);
    // Version 1 tells; version 2 has a program instead, of which only the runtime's instructions are known.
    const map = read(`/proc/${container.pid}/uid_map`)?.trim();
    if (map && !/^0\s+0\s/.test(map)) return notApplicable("ids are mapped: only the host's root opens devices");
    const open = list === undefined ? oci?.deviceRules.filter(({ allow, type, major }) => allow && (type === "a" || (type === "b" && major !== undefined))).map(({ type }) => `${type} any`) : list.split("\n").filter((line) => /^(a |b \d+:)/.test(line));
    return none(open, "rules that let devices of the host through");
  },
});
