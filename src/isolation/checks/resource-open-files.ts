import { fail, outside, pass, unknown } from "../check.ts";

/** What fortress itself gives: enough for every build tool. */
const MOST = 16_384;

export const check = outside({
  id: "resource.open-files",
  title: "Open files are limited",
  severity: "info",
  maps: ["CIS-5.19"],
  remedy: "Take nofile out of sandbox.docker.ulimits.",
  look({ posture: { openFiles } }) {
    if (openFiles === undefined) return unknown("the limit of open files could not be read");
    return openFiles <= MOST ? pass(`hard limit ${openFiles}`) : fail(`hard limit ${openFiles}`);
  },
});
