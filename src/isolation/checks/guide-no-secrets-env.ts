import { inside } from "../check.ts";

export const check = inside({
  id: "guide.no-secrets-env",
  title: "No file named secrets.env is anywhere",
  severity: "critical",
  maps: ["SEC-04"],
  remedy: "Move it out of what is mounted: openclaw fortress secrets migrate",
  attempt: `absent '/secrets\\.env$'`,
});
