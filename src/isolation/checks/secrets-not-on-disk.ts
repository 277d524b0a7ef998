import { fail, notApplicable, outside, pass, unknown } from "../check.ts";

export const check = outside({
  id: "secrets.not-on-disk",
  title: "The engine keeps no environment of an exec on disk",
  severity: "warn",
  maps: ["SEC-09"],
  remedy: "Move Podman to its sqlite database (podman system migrate, or a fresh store), or set secrets.delivery to \"stdin\".",
  look({ engine, execDatabase, container: { staticDir } }) {
    if (staticDir === undefined) return engine === "docker" ? notApplicable("only Podman has such a store") : unknown("the engine does not say where its store lies");
    return execDatabase === undefined ? pass("no BoltDB store") : fail(execDatabase);
  },
});
