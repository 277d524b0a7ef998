import { none, outside, unknown } from "../check.ts";

export const check = outside({
  id: "network.no-host-sockets",
  title: "No abstract socket of the host can be reached",
  severity: "critical",
  maps: ["FS-12", "NET-02"],
  remedy: "Set sandbox.docker.network to \"none\".",
  look({ read, container: { pid } }) {
    const [theirs, ours] = [abstractSockets(read(`/proc/${pid}/net/unix`)), abstractSockets(read("/proc/self/net/unix"))];
    if (!theirs || !ours) return unknown("the sockets could not be read");
    return none([...theirs].filter(([inode]) => ours.has(inode)).map(([, name]) => name), "abstract sockets of the host");
  },
});

/** Names by inode. Source: proc_pid_net(5). */
function abstractSockets(text: string | undefined): Map<string, string> | undefined {
  // It begins with a line of headings, however few sockets there are.
  return !text ? undefined : new Map(text.split("\n").map((line) => line.trim().split(/\s+/)).flatMap((fields) => (fields[7]?.startsWith("@") ? [[fields[6]!, fields[7]] as const] : [])));
}
