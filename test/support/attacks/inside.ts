import type { InsideRow } from "./row.ts";

/** Mounts of hosts' files that a process without privileges could write to, one a line. */
const WRITABLE_BINDS = `awk '$6 ~ /^rw/ && $0 !~ / - (tmpfs|overlay|fuse.fuse-overlayfs|proc|sysfs|devpts|mqueue|cgroup2?|devtmpfs|shm) / {print $5}' /proc/self/mountinfo`;

/** Fails for each file or folder of the state directory that can be written to. */
const writable = (names: string): string => `for name in ${names}; do
    [ -d "$STATE/$name" ] && touch "$STATE/$name/planted" 2>/dev/null && { rm -f "$STATE/$name/planted"; fail "wrote into $name"; }
    [ -f "$STATE/$name" ] && [ -w "$STATE/$name" ] && fail "may write $name"
  done; held "nothing to write to"`;

const present = (names: string): string => `for name in ${names}; do [ -r "$STATE/$name" ] && fail "$name can be read"; done; held "absent"`;

/** Fails when the numbered system call of one family of attacks is let through; see syscalls.ts. */
const calls = (...names: readonly string[]): string =>
  `python3 - <<'PY'
from probe import *
through = [name for name in ${JSON.stringify(names)} if attempt(name) not in (1, 38, 97, None)]
print("FAIL let through: " + ", ".join(through) if through else "HELD denied")
PY`;

/** The attacks of the list that can be tried in a live sandbox. */
export const INSIDE: readonly InsideRow[] = [
  {
    id: "FS-01",
    group: "filesystem",
    hardened: "no write outside declared mounts",
    attempt: `for dir in / /usr /usr/bin /etc /opt /var /home /root; do touch "$dir/.planted" 2>/dev/null && { rm -f "$dir/.planted"; fail "wrote into $dir"; }; done; held "read-only"`,
  },
  {
    id: "FS-02",
    group: "filesystem",
    hardened: "the writable mounts are the workspace, by its names, and nothing else",
    attempt: `extra=$(${WRITABLE_BINDS} | grep -vxE "/workspace|/agent-workspace|$STATE/workspace(-[a-z]+)?"); [ -z "$extra" ] && held "the workspace only" || fail $extra`,
  },
  {
    id: "FS-03",
    group: "filesystem",
    hardened: "no read-only mount that renaming a directory above it defeats",
    attempt: `for target in $(awk '$6 ~ /^ro/ {print $5}' /proc/self/mountinfo | grep -E '^/(workspace|agent-workspace)/|^'"$STATE"'/workspace'); do
    parent=$(dirname "$target")
    while ! mountpoint -q "$parent"; do
      if mv "$parent" "$parent.moved" 2>/dev/null; then
        mkdir -p "$target" 2>/dev/null && touch "$target/planted" 2>/dev/null && bad="$target"
        rm -rf "$parent"; mv "$parent.moved" "$parent"
      fi
      parent=$(dirname "$parent")
    done
    [ -n "$bad" ] && fail "replaced $bad"
  done; held "none"`,
  },
  {
    id: "FS-04",
    group: "filesystem",
    hardened: "nosuid,nodev on every writable bind",
    attempt: `for target in $(${WRITABLE_BINDS}); do
    awk -v t="$target" '$5 == t' /proc/self/mountinfo | tail -1 | grep -q nosuid && awk -v t="$target" '$5 == t' /proc/self/mountinfo | tail -1 | grep -q nodev || fail "$target"
  done; held "on all"`,
  },
  { id: "FS-06", group: "filesystem", hardened: "no device nodes", attempt: `mknod /workspace/.node b 8 0 2>/dev/null && { rm -f /workspace/.node; fail "made one"; }; held "refused"` },
  {
    id: "FS-07",
    group: "filesystem",
    hardened: "no programs from the usual staging places; HOME is where tools install theirs",
    attempt: `for dir in /tmp /var/tmp /run /dev/shm; do cp /bin/true "$dir/.staged" 2>/dev/null && "$dir/.staged" 2>/dev/null && { rm -f "$dir/.staged"; fail "ran one in $dir"; }; rm -f "$dir/.staged"; done
  cp /bin/true "$HOME/.staged" && "$HOME/.staged" && { rm -f "$HOME/.staged"; warn "ran one in HOME"; }; held "nowhere"`,
  },
  { id: "FS-08", group: "filesystem", hardened: "/dev is not writable", attempt: `touch /dev/.planted 2>/dev/null && { rm -f /dev/.planted; fail "wrote into /dev"; }; held "refused"` },
  { id: "FS-09", group: "filesystem", hardened: "informational: the mount table tells where things lie on the host", attempt: `grep -qF "$(dirname "$STATE")" /proc/self/mountinfo && warn "the host's path of the state directory"; held "none"` },
  { id: "FS-10", group: "filesystem", hardened: "no mount of a file that the host replaced", attempt: `grep -qF '//deleted' /proc/self/mountinfo && fail "$(grep -cF '//deleted' /proc/self/mountinfo) stale"; held "none"` },
  {
    id: "FS-12",
    group: "filesystem",
    hardened: "no socket of an engine",
    attempt: `found=$(find / -xdev -type s 2>/dev/null; for path in /run/docker.sock /var/run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock; do [ -S "$path" ] && echo "$path"; done); [ -z "$found" ] && held "none" || fail $found`,
  },
  {
    id: "FS-14",
    group: "filesystem",
    hardened: "no runtime directory of the host",
    attempt: `found=$(ls -d /run/user/* /run/systemd /run/dbus 2>/dev/null); [ -z "$found" ] && held "none" || fail $found`,
  },

  { id: "SEC-01", group: "secrets", hardened: "no database of the gateway", attempt: `found=$(find / -name 'openclaw*.sqlite' -size +0 2>/dev/null | head -3); [ -z "$found" ] && held "none" || fail $found` },
  {
    id: "SEC-02",
    group: "secrets",
    hardened: "the gateway's token is in no file",
    attempt: `found=$(grep -rlsa --exclude-dir=proc --exclude-dir=sys -e "$TOKEN_A""$TOKEN_B" "$STATE" /workspace /etc /home /tmp 2>/dev/null | head -3); [ -z "$found" ] && held "in none" || fail $found`,
  },
  { id: "SEC-03", group: "secrets", hardened: "credentials, identity, devices and matrix are absent", attempt: present("credentials identity devices matrix") },
  {
    id: "SEC-04",
    group: "secrets",
    hardened: "no secret by its content",
    attempt: `found=$(grep -rlsa --exclude-dir=proc --exclude-dir=sys -e "$NEEDLE_A""$NEEDLE_B" / 2>/dev/null | head -3); [ -z "$found" ] && held "none" || fail $found`,
  },
  {
    id: "SEC-07",
    group: "secrets",
    hardened: "informational: commands of one sandbox can read each other's environment",
    attempt: `OTHERS_API_KEY=1 sleep 5 & sleep 0.2; env -i grep -qa OTHERS_API_KEY /proc/$!/environ && { kill $!; warn "read another command's"; }; kill $! ; held "refused"`,
  },
  {
    id: "SEC-13",
    group: "secrets",
    hardened: "no core dumps",
    attempt: `[ "$(ulimit -Hc)" = 0 ] && held "hard limit 0" || fail "hard limit $(ulimit -Hc)"`,
  },
  { id: "SEC-14", group: "secrets", hardened: "no kernel keyring", attempt: calls("keyctl", "add_key", "request_key") },
  {
    id: "SEC-16",
    group: "secrets",
    hardened: "no way to the cloud's metadata service",
    attempt: `python3 - <<'PY'
import socket, errno
s = socket.socket(); s.settimeout(1)
try: s.connect(("169.254.169.254", 80)); print("FAIL connected")
except OSError as e: print("HELD no route" if e.errno == errno.ENETUNREACH else f"FAIL a route: {e}")
PY`,
  },

  { id: "CFG-01", group: "config", hardened: "openclaw.json can't be written", attempt: writable("openclaw.json .") },
  { id: "CFG-03", group: "config", hardened: "nothing that the gateway runs can be written", attempt: writable("hooks cron extensions skills plugin-skills npm") },
  { id: "CFG-10", group: "config", hardened: "a filter of system calls", attempt: `grep -q '^Seccomp:.2$' /proc/self/status && held "filter" || fail "$(grep '^Seccomp:' /proc/self/status)"` },

  {
    id: "RES-05",
    group: "resource",
    hardened: "every file system in memory has a size",
    attempt: `found=$(grep ' - tmpfs ' /proc/self/mountinfo | grep -v 'size=' | awk '{print $5}' | while read -r dir; do [ -d "$dir" ] && touch "$dir/.planted" 2>/dev/null && { rm -f "$dir/.planted"; echo "$dir"; }; done); [ -z "$found" ] && held "all" || fail $found`,
  },
  { id: "RES-06", group: "resource", hardened: "shared memory is at most 64 MiB", attempt: `size=$(df -k /dev/shm | awk 'NR == 2 {print $2}'); [ "$size" -le 65536 ] && held "$size KiB" || fail "$size KiB"` },
  { id: "RES-07", group: "resource", hardened: "informational: the workspace is as large as the host's disk", attempt: `free=$(df -k /workspace | awk 'NR == 2 {print $4}'); warn "$free KiB"` },
  {
    id: "RES-11",
    group: "resource",
    hardened: "the first process reaps orphans",
    attempt: `sh -c 'sleep 0.1 & exit 0'; (sh -c 'sh -c "exit 0" & exec sleep 0.4' &) ; sleep 1; zombies=$(grep -ls '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l); [ "$zombies" = 0 ] && held "none left" || fail "$zombies left"`,
  },
  { id: "RES-13", group: "resource", hardened: "no database of the gateway to lock", attempt: `found=$(find "$STATE" -name '*.sqlite' -writable 2>/dev/null | head -2); [ -z "$found" ] && held "none" || fail $found` },

  { id: "PRIV-01", group: "privilege", hardened: "no capability in any set", attempt: `grep '^Cap' /proc/self/status | grep -qv '0000000000000000$' && fail $(grep '^CapBnd' /proc/self/status); held "none"` },
  { id: "PRIV-02", group: "privilege", hardened: "no new privileges", attempt: `grep -q '^NoNewPrivs:.1$' /proc/self/status && held "set" || fail "unset"` },
  { id: "PRIV-04", group: "privilege", hardened: "a user namespace, or another uid than root", attempt: `[ "$(awk '{print $1, $2, $3}' /proc/self/uid_map)" = "0 0 4294967295" ] && [ "$(id -u)" = 0 ] && fail "root of the first namespace"; held "uid $(id -u)"` },
  { id: "PRIV-05", group: "privilege", hardened: "no nested user namespace", attempt: calls("unshare", "clone") },
  { id: "PRIV-07", group: "privilege", hardened: "no rare socket families", attempt: calls("socket vsock", "socket packet", "socket xdp", "socket alg", "socket bluetooth") },
  { id: "PRIV-08", group: "privilege", hardened: "no devices of the host", attempt: `found=$(find /dev -type b 2>/dev/null | head -2; ls /dev/mem /dev/kmsg 2>/dev/null); [ -z "$found" ] && held "none" || fail $found` },
  {
    id: "PRIV-09",
    group: "privilege",
    hardened: "a pid namespace of its own",
    attempt: `name=$(cat /proc/1/comm); case "$name" in catatonit|podman-init|docker-init|tini|sleep) held "$name";; *) fail "$name is its first process";; esac`,
  },
  {
    id: "PRIV-12",
    group: "privilege",
    hardened: "kernel settings can't be opened for writing",
    attempt: `python3 - <<'PY'
import os
paths = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/proc/sys/fs/binfmt_misc/register", "/proc/sys/kernel/modprobe"]
opened = []
for path in paths:
    try: os.close(os.open(path, os.O_WRONLY)); opened.append(path)
    except OSError: pass
print("FAIL " + " ".join(opened) if opened else "HELD none")
PY`,
  },
  { id: "PRIV-14", group: "privilege", hardened: "informational: what the kernel tells of itself", attempt: `found=$(for path in /proc/config.gz /proc/slabinfo /proc/kallsyms /proc/cmdline; do [ -r "$path" ] && echo "$path"; done); [ -z "$found" ] && held "nothing" || warn $found` },
  { id: "PRIV-16", group: "privilege", hardened: "commands can't trace each other", attempt: calls("ptrace", "process_vm_readv", "pidfd_getfd", "kcmp") },
  { id: "PRIV-18", group: "privilege", hardened: "confined where the host has AppArmor or SELinux", attempt: `label=$(cat /proc/self/attr/current 2>/dev/null | tr -d '\\0'); case "$label" in ''|unconfined*) warn "not confined";; *) held "$label";; esac` },

  { id: "NET-01", group: "network", hardened: "loopback only", attempt: `found=$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | grep -vx lo); [ -z "$found" ] && held "lo" || fail $found` },
  {
    id: "NET-02",
    group: "network",
    hardened: "the gateway's port is not reachable",
    attempt: `python3 - <<'PY'
import os, socket
s = socket.socket(); s.settimeout(2)
try: s.connect(("127.0.0.1", int(os.environ["PORT"]))); print("FAIL connected")
except OSError as e: print(f"HELD {e}")
PY`,
  },
  { id: "NET-04", group: "network", hardened: "no route out", attempt: `tail -n +2 /proc/net/route | grep -q . && fail "$(tail -n +2 /proc/net/route | wc -l) routes"; held "none"` },
  {
    id: "NET-05",
    group: "network",
    hardened: "no resolver that answers",
    attempt: `python3 - <<'PY'
import re, socket
servers = re.findall(r"^nameserver\\s+(\\S+)", open("/etc/resolv.conf").read(), re.M) or ["127.0.0.53", "9.9.9.9"]
sent = []
for server in servers:
    s = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
    try: s.connect((server, 53)); s.send(b"x"); s.settimeout(0.3); s.send(b"x"); sent.append(server)
    except OSError: pass
print("FAIL sent to " + " ".join(sent) if sent else "HELD none reached")
PY`,
  },
];
