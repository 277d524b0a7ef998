import { fail, outside, pass } from "../check.ts";

export const check = outside({
  id: "privilege.mac-profile",
  title: "AppArmor or SELinux confines it",
  severity: "info",
  maps: ["PRIV-18", "CIS-5.2", "CIS-5.3", "PSS AppArmor", "PSS SELinux"],
  remedy: "Install AppArmor or SELinux on the host; the engines use what is there.",
  look({ read, container }) {
    const label = read(`/proc/${container.pid}/attr/current`)?.replace(/\0/g, "").trim();
    return label === undefined || label === "" || label.startsWith("unconfined") ? fail(`label ${label || "none"}`) : pass(label);
  },
});
