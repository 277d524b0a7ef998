import { readdirSync } from "node:fs";
import type { ListeningSocket } from "../model/gateway.ts";
import { readKernelFile, readKernelLink } from "./kernel.ts";

const TCP_LISTEN = "0A";
/** 127.0.0.1 and all addresses, for both families, as a little-endian kernel writes them. */
const REACHED_BY_LOOPBACK = new Set(["0100007F", "00000000", "00000000000000000000000000000000", "0000000000000000FFFF00000100007F"]);

/** What takes connections to a port of 127.0.0.1, with the processes that hold it as far as this user may see them. */
export function listenersOf(port: number): ListeningSocket[] {
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listening(readKernelFile(file) ?? "", port));
  if (sockets.length === 0) return [];
  const holders = holdersOf(new Set(sockets.map(({ inode }) => `socket:[${inode}]`)));
  return sockets.map(({ inode, uid }) => ({ own: uid === process.getuid?.(), holders: holders.get(`socket:[${inode}]`) ?? [] }));
}

/** @param text `/proc/net/tcp` or `tcp6`. Source: proc_net(5) */
export function listening(text: string, port: number): { readonly inode: string; readonly uid: number }[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return text.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , uid, , inode = ""] = line.trim().split(/\s+/);
    const [address = "", at] = local.split(":");
    return at === hex && state === TCP_LISTEN && REACHED_BY_LOOPBACK.has(address) ? [{ inode, uid: Number(uid) }] : [];
  });
}

/** From within a user namespace of one's own, as the timer's service has it, nobody's files can be seen. */
function holdersOf(links: ReadonlySet<string>): Map<string, ListeningSocket["holders"][number][]> {
  const found = new Map<string, ListeningSocket["holders"][number][]>();
  for (const pid of entries("/proc").filter((name) => /^\d+$/.test(name))) {
    const held = new Set(entries(`/proc/${pid}/fd`).map((fd) => readKernelLink(`/proc/${pid}/fd/${fd}`) ?? ""));
    for (const link of links) {
      if (!held.has(link)) continue;
      const holder = { pid: Number(pid), name: readKernelFile(`/proc/${pid}/comm`)?.trim() ?? "", groups: readKernelFile(`/proc/${pid}/cgroup`) ?? "" };
      found.set(link, [...(found.get(link) ?? []), holder]);
    }
  }
  return found;
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
