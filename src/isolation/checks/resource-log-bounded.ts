import { fail, outside, pass, unknown } from "../check.ts";

export const check = outside({
  id: "resource.log-bounded",
  title: "Its log on the host is bounded",
  severity: "warn",
  maps: ["RES-09"],
  remedy: "Podman: put \"[containers]\" and \"log_size_max = 10485760\" into containers.conf. Docker: {\"log-driver\": \"local\"} in /etc/docker/daemon.json. Then: openclaw sandbox recreate --all",
  look({ log, container }) {
    if (log !== undefined) return fail(log);
    return container.log === undefined ? unknown("the engine says nothing of its log") : pass(`bounded, by ${container.log.driver}`);
  },
});
