import { none, outside } from "../check.ts";
import { binds } from "../facts.ts";

/** Directories of a host that belong to the system itself. */
const SYSTEM = /^\/(|boot|dev|etc|lib(32|64|x32)?|proc|sys|usr|bin|sbin|root|home|run|var(\/(run|lib|log))?)$|^\/(boot|dev|etc|proc|sys|run)\//;

export const check = outside({
  id: "filesystem.no-host-directories",
  title: "No system directory of the host is mounted",
  severity: "warn",
  maps: ["FS-14", "CIS-5.6", "PSS HostPath Volumes"],
  remedy: "Take the bind out of sandbox.docker.binds.",
  look(seen) {
    const found = binds(seen)?.filter((mount) => seen.hostNames(mount).some((name) => SYSTEM.test(name)));
    return none(found?.map((mount) => `${mount.target} (${seen.hostNames(mount).find((name) => SYSTEM.test(name))})`), "system directories of the host");
  },
});
