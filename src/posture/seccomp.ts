import { ALLOW, ERRNO, type SeccompArgument, type SeccompProfile, type SeccompRule } from "./profile.ts";

const EPERM = 1;
const ENOSYS = 38;

/** Why each group is denied; a sandbox has no capabilities, so what needs one loses nothing. */
const DENIED_GROUPS: readonly { readonly because: string; readonly names: readonly string[] }[] = [
  {
    because: "mounts, which a nested namespace would turn into an escape",
    names: ["mount", "umount", "umount2", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "open_tree_attr", "mount_setattr", "pivot_root", "chroot"],
  },
  { because: "another namespace", names: ["setns"] },
  { because: "the kernel's keyring, which all processes of a uid share with the host", names: ["keyctl", "add_key", "request_key"] },
  {
    because: "the memory and files of other commands in the same sandbox",
    names: ["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp"],
  },
  {
    because: "kernel interfaces with a long record of holes, which no ordinary program needs",
    names: ["bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "fanotify_init", "lookup_dcookie", "vm86", "vm86old"],
  },
  { because: "files by handle, past the mounts", names: ["open_by_handle_at"] },
  {
    because: "the machine itself",
    names: [
      ...["kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module", "query_module", "reboot", "swapon", "swapoff", "acct"],
      ...["quotactl", "quotactl_fd", "nfsservctl", "ioperm", "iopl", "syslog", "vhangup", "clock_settime", "clock_settime64", "settimeofday", "stime", "sethostname", "setdomainname"],
    ],
  },
];

/** What the hardened profile never lets through, whatever the arguments. */
export const DENIED: readonly string[] = DENIED_GROUPS.flatMap(({ names }) => names);

/**
 * libc falls back to `clone` and `socket` when these do not exist. Their arguments lie in memory,
 * where no filter can look.
 */
const ABSENT = ["clone3", "socketcall"];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET; from linux/sched.h. */
const NEW_NAMESPACES = 0x7e020000;
/** Of `clone` this bit belongs to the exit signal. */
const NEW_TIME_NAMESPACE = 0x80;

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; from linux/socket.h. AF_VSOCK ignores the network namespace. */
const SOCKET_FAMILIES = [1, 2, 10, 16];

const AF_UNIX = 1;

const S390 = ["s390", "s390x"];

const OWN_RULES: readonly SeccompRule[] = [
  { names: DENIED, action: ERRNO, errnoRet: EPERM },
  { names: ABSENT, action: ERRNO, errnoRet: ENOSYS },
  { names: ["clone"], action: ALLOW, args: [without(0, NEW_NAMESPACES)], excludes: { arches: S390 } },
  { names: ["clone"], action: ALLOW, args: [without(1, NEW_NAMESPACES)], includes: { arches: S390 } },
  { names: ["unshare"], action: ALLOW, args: [without(0, NEW_NAMESPACES | NEW_TIME_NAMESPACE)] },
  ...SOCKET_FAMILIES.map((family): SeccompRule => ({ names: ["socket"], action: ALLOW, args: [equal(0, family)] })),
  { names: ["socketpair"], action: ALLOW, args: [equal(0, AF_UNIX)] },
];

const OWN_NAMES = new Set(OWN_RULES.flatMap(({ names }) => names));

function equal(index: number, value: number): SeccompArgument {
  return { index, value, valueTwo: 0, op: "SCMP_CMP_EQ" };
}

/** The argument has none of these bits. */
function without(index: number, bits: number): SeccompArgument {
  return { index, value: bits, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" };
}

/**
 * Derives the hardened profile from an engine's default: nothing is allowed that the base does not
 * allow to a process without capabilities, and less of that.
 *
 * @param base denies by default
 */
export function hardenProfile(base: SeccompProfile): SeccompProfile {
  const kept = base.syscalls
    .filter(({ includes }) => !includes?.caps?.length)
    .map((rule) => ({ ...rule, names: rule.names.filter((name) => !OWN_NAMES.has(name)) }))
    .filter(({ names }) => names.length > 0);
  return { ...base, syscalls: [...kept, ...OWN_RULES] };
}
