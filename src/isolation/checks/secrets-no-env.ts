import { none, outside } from "../check.ts";

export const check = outside({
  id: "secrets.no-env",
  title: "The container's own environment holds no keys",
  severity: "warn",
  maps: ["SEC-05"],
  remedy: "Take them out of sandbox.docker.env or the image, put them into secrets.env, and recreate the sandbox.",
  look({ keyNames }) {
    return none(keyNames, "names that look like keys");
  },
});
