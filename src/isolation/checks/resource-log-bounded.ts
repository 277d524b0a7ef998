import { fail, outside, pass } from "../check.ts";

export const check = outside({
  id: "resource.log-bounded",
  title: "Its log on the host is bounded",
  severity: "warn",
  maps: ["RES-09"],
  remedy: "Podman: put \"[containers]\" and \"log_size_max = 10485760\" into containers.conf. Docker: {\"log-driver\": \"local\"} in /etc/docker/daemon.json. Then: openclaw sandbox recreate --all",
  look({ log }) {
    return log === undefined ? pass("bounded") : fail(log);
  },
});
