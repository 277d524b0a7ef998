import { fail, outside, pass, unknown } from "../check.ts";

export const check = outside({
  id: "resource.engine-agrees",
  title: "The engine shows the memory limit that the kernel enforces",
  severity: "warn",
  maps: ["RES-16", "PLG-10"],
  remedy: "Run: podman update (or docker update) with the limit that you want, or recreate the sandbox.",
  look({ container: { memory }, limits: { observed } }) {
    if (memory === undefined || observed.memory === undefined) return unknown("the memory limit could not be read");
    const enforced = observed.memory === Infinity ? 0 : observed.memory;
    // The kernel rounds to pages.
    return Math.abs(memory - enforced) < 65_536 ? pass(`both ${memory}`) : fail(`shown ${memory}, enforced ${enforced}`);
  },
});
