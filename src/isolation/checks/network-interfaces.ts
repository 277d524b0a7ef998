import { none, outside } from "../check.ts";
import { unlessAsked } from "../asked-network.ts";

export const check = outside({
  id: "network.interfaces",
  title: "It has no network but its own loopback",
  severity: "critical",
  maps: ["NET-04"],
  remedy: "Set sandbox.docker.network to \"none\", or disconnect it: podman network disconnect; then recreate the sandbox.",
  look({ posture: { interfaces }, network }) {
    return unlessAsked(none(interfaces, "interfaces"), network);
  },
});
