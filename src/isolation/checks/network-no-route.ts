import { fail, outside, pass, unknown } from "../check.ts";
import { unlessAsked } from "../asked-network.ts";

export const check = outside({
  id: "network.no-route",
  title: "No route leads out",
  severity: "critical",
  maps: ["NET-04", "SEC-16"],
  remedy: "Set sandbox.docker.network to \"none\".",
  look({ read, network, container: { pid } }) {
    const v4 = read(`/proc/${pid}/net/route`);
    if (!v4) return unknown("its routes could not be read");
    // The last word of an IPv6 route is its interface; a kernel without IPv6 has no such file.
    const v6 = (read(`/proc/${pid}/net/ipv6_route`) ?? "").split("\n").filter((line) => line !== "" && !/\slo$/.test(line));
    const found = v4.trimEnd().split("\n").slice(1).length + v6.length;
    return found === 0 ? pass("none") : unlessAsked(fail(`${found} routes`), network);
  },
});
