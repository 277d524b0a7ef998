import { inside } from "../check.ts";

export const check = inside({
  id: "filesystem.no-sockets",
  title: "No socket of an engine or of the host is there",
  severity: "critical",
  maps: ["FS-12", "CIS-5.32"],
  remedy: "Take the bind out of sandbox.docker.binds.",
  attempt: `for path in /run/docker.sock /var/run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock /run/crio/crio.sock; do [ -S "$path" ] && fail "$path"; done
elsewhere '^/socket:'`,
});
