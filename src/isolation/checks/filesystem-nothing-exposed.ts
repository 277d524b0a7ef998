import { none, outside } from "../check.ts";

export const check = outside({
  id: "filesystem.nothing-exposed",
  title: "No mount reaches secrets or what the gateway runs",
  severity: "critical",
  maps: ["SEC-01", "SEC-02", "SEC-03", "CFG-01", "CFG-03", "CIS-5.6", "PSS HostPath Volumes"],
  remedy: "Look in the workspace for links that replaced directories, and into sandbox.docker.binds; then recreate the sandbox: openclaw sandbox recreate --all",
  look({ judged }) {
    return none(judged?.exposed, "mounts that give something away");
  },
});
