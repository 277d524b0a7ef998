import { none, outside } from "../check.ts";
import { binds } from "../facts.ts";

export const check = outside({
  id: "filesystem.no-sockets-mounted",
  title: "No socket is mounted",
  severity: "critical",
  maps: ["FS-12", "CIS-5.32"],
  remedy: "Take the bind out of sandbox.docker.binds.",
  look(seen) {
    const found = binds(seen)?.filter((mount) => [mount.root, mount.target, ...seen.hostNames(mount)].some((path) => /\.sock(et)?$/.test(path)));
    return none(found?.map(({ target }) => target), "mounted sockets");
  },
});
