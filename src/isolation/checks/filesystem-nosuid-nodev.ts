import { none, outside } from "../check.ts";
import { binds } from "../facts.ts";

export const check = outside({
  id: "filesystem.nosuid-nodev",
  title: "Writable mounts honour neither setuid programs nor device nodes",
  severity: "warn",
  maps: ["FS-04", "FS-05"],
  remedy: "Podman: recreate the sandbox. Docker cannot be told: put the workspace on a mount that has both, for example in /etc/fstab: <workspace> <workspace> none bind,nosuid,nodev 0 0",
  look(seen) {
    const found = binds(seen)?.filter(({ mode, options }) => mode === "rw" && !(options.includes("nosuid") && options.includes("nodev")));
    return none(found?.map(({ target }) => target), "writable mounts without nosuid and nodev");
  },
});
