import { inside } from "../check.ts";

export const check = inside({
  id: "network.gateway-unreachable",
  title: "The gateway's port can't be reached",
  severity: "critical",
  maps: ["NET-02"],
  remedy: "Set sandbox.docker.network to \"none\".",
  attempt: `dial 127.0.0.1 "$PORT"`,
});
