import { isName } from "./asked-network.ts";
import type { InsideCheck } from "./check.ts";
import { SYSCALL_PROBE } from "./syscalls.ts";

/** What the attempts have to know of this gateway. Names and places, never a secret's value: the sandbox can read them. */
export interface Target {
  readonly stateDir: string;
  readonly secretsFile: string;
  readonly port: number;
  /** The inode of the gateway's configuration; undefined when it could not be looked at. */
  readonly configInode: number | undefined;
  /** What the sandbox was asked to have; undefined where that is not known. */
  readonly network: string | undefined;
  /** Targets of every writable bind, and of those that show the workspace. */
  readonly writable: readonly string[];
  readonly own: readonly string[];
}

/** Of one attempt; the longest, a search of the whole file system, takes a few seconds. */
const ATTEMPT_SECONDS = 20;

/** Most characters of what one attempt saw. */
export const EVIDENCE_LENGTH = 200;

/**
 * What every attempt may call. A redirection that fails ends a shell, so each stands in a subshell;
 * a program that is missing must not look like a refusal, so `need` names those that an attempt uses.
 */
export const WORDS = String.raw`
# Only lines separate: a path with a blank stays one word.
IFS='
'
pass() { echo pass "$@"; exit; }
fail() { echo fail "$@"; exit; }
note() { echo note "$@"; exit; }
na() { echo na "$@"; exit; }
unknown() { echo unknown "$@"; exit; }
need() { for program in "$@"; do command -v "$program" >/dev/null || unknown "no $program to try it with"; done; }
writes() { ( : >> "$1" ) 2>/dev/null; }
plants() { [ -d "$1" ] && ( : > "$1/.fortress-$$" ) 2>/dev/null && rm -f "$1/.fortress-$$"; }
runs() {
  file="$1/.fortress-$$"; ( printf '#!/bin/sh\nexit 42\n' > "$file" ) 2>/dev/null || return 1
  chmod 755 "$file"; "$file" 2>/dev/null; code=$?; rm -f "$file"; [ "$code" = 42 ]
}
hidden() {
  need ls; for name in "$@"; do
    [ -e "$STATE/$name" ] || continue; content=$(ls -A "$STATE/$name" 2>/dev/null) || unknown "$STATE/$name can't be listed"; [ -z "$content" ] || fail "$STATE/$name"
  done; pass absent
}
searched() { case $FOUND in *'@end 0'|*'@end 1') ;; *) unknown "the search of the file system did not end";; esac; }
absent() { need grep; found=$(printf '%s\n' "$FOUND" | grep -E "$1" | head -n 3); [ -z "$found" ] || fail $found; searched; pass none; }
elsewhere() {
  need grep; found=$(printf '%s\n' "$FOUND" | grep -E "$1" | while read -r path; do
    for root in $OWN /tmp /var/tmp /dev/shm "$HOME"; do case "$path" in "$root"/*|"socket:$root"/*|"/socket:$root"/*) continue 2;; esac; done
    echo "$path"
  done | head -n 3); [ -z "$found" ] || fail $found; searched; pass none
}
networked() { [ -n "$NETWORK" ] || fail "$@"; note "$@, as sandbox.docker.network: $NETWORK asks for"; }
dial() {
  if command -v python3 >/dev/null; then answer=$(python3 -I -c 'import socket, sys
s = socket.socket(); s.settimeout(3)
try: s.connect((sys.argv[1], int(sys.argv[2]))); print("connected")
except OSError as error: print("refused:", error)' "$1" "$2" 2>/dev/null)
  elif command -v nc >/dev/null; then answer=$(nc -w 3 "$1" "$2" </dev/null 2>&1 >/dev/null) && answer=connected
    # Some say nothing of a refusal; what else they say, as of an option, is no answer.
    case $answer in connected) ;; ''|*efused*|*imed\ out*|*nreachable*) answer="refused: nc";; *) answer=;; esac
  else unknown "neither python3 nor nc to try it with"; fi
  case $answer in connected) fail "connected to $1:$2";; refused*) pass "$answer";; *) unknown "the attempt gave no answer";; esac
}
calls() {
  need grep; [ -n "$SYSCALLS" ] || unknown "no python3 to try it with"; open=; seen=
  for name in "$@"; do
    line=$(printf '%s\n' "$SYSCALLS" | grep "^$name=") || continue
    case $line in *=1|*=38|*=97) seen=1;; *=-1) unknown "$name gave no answer";; *) open="$open $name";; esac
  done
  [ -z "$open" ] || fail "let through:$open"; [ -n "$seen" ] || na "not on this machine's architecture"; pass refused
}`;

/** What is looked for in the whole file system, once for all attempts. */
const SEARCH = String.raw`find / \( -path /proc -o -path /sys \) -prune -o \( -name secrets.env -o -name 'openclaw*.sqlite' -size +0 -o -name 'openclaw.json.*' \) -print -o -type s -exec echo /socket:{} \; 2>/dev/null`;

/**
 * All attempts as one script. It stands in argv, where no other process of the sandbox can change it,
 * uses only what lies on the sandbox's own read-only system, and marks each answer with the nonce.
 */
export function insideScript(checks: readonly InsideCheck[], target: Target, nonce: string): string {
  const uses = (what: RegExp): boolean => checks.some(({ attempt }) => what.test(attempt));
  const variables = {
    STATE: target.stateDir,
    SECRETS: target.secretsFile,
    PORT: String(target.port),
    CONFIG_INODE: target.configInode === undefined ? "" : String(target.configInode),
    NETWORK: target.network !== undefined && isName(target.network) ? target.network : "",
    WRITABLE: target.writable.join("\n"),
    OWN: target.own.join("\n"),
    WORDS,
  };
  return [
    "export AGENT_PATH=$PATH PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
    "unset ENV BASH_ENV CDPATH GREP_OPTIONS LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT",
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`),
    ...(uses(/SYSCALLS|^calls /m) ? [`export SYSCALLS="$(timeout ${ATTEMPT_SECONDS} python3 -I -c ${quote(SYSCALL_PROBE)} 2>/dev/null)"`] : []),
    ...(uses(/^(absent|elsewhere) /m) ? [`export FOUND="$({ timeout ${ATTEMPT_SECONDS} ${SEARCH}; echo "@end $?"; } | head -n 400)"`] : []),
    `try() { printf '%s %s %s\\n' ${nonce} "$1" "$(timeout ${ATTEMPT_SECONDS} /bin/sh -c "$WORDS\n$2" 2>/dev/null </dev/null | tail -n 1 | cut -c1-${EVIDENCE_LENGTH})"; }`,
    ...checks.map(({ id, attempt }) => `try ${id} ${quote(attempt)}`),
    `echo ${nonce} end`,
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
