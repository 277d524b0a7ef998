import { fail, outside, pass, unknown } from "../check.ts";

export const check = outside({
  id: "resource.oom-victim",
  title: "When memory ends the kernel ends the sandbox and not the host",
  severity: "warn",
  maps: ["RES-01"],
  remedy: "Remove oom settings from the container.",
  look({ read, container: { pid } }) {
    const score = read(`/proc/${pid}/oom_score_adj`)?.trim();
    if (!/^-?\d+$/.test(score ?? "")) return unknown("its OOM score could not be read");
    return Number(score) < 0 ? fail(`oom_score_adj ${score}`) : pass(`oom_score_adj ${score}`);
  },
});
