import { fail, none, outside, unknown } from "../check.ts";
import { letThrough } from "../oci.ts";

/** Of each group that the hardened profile denies; none of them needs an argument to be dangerous. */
const NEVER = ["mount", "umount2", "fsopen", "move_mount", "setns", "keyctl", "add_key", "ptrace", "process_vm_readv", "pidfd_getfd", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "open_by_handle_at", "kexec_load", "init_module", "unshare", "clone", "clone3", "socket"];

export const check = outside({
  id: "privilege.seccomp-hardened",
  title: "The filter denies what sandboxes don't need",
  severity: "critical",
  maps: ["CFG-10", "PRIV-05", "PRIV-07", "PRIV-16", "SEC-14", "PSS Seccomp"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  look({ oci, posture, filter }) {
    if (!oci) return { ...unknown("what the runtime was told could not be read"), severity: "warn" };
    if (!oci.seccomp || posture.seccomp !== 2) return fail("no filter");
    const outcome = none(letThrough(oci.seccomp, NEVER), "system calls that are let through");
    // Another filter is the operator's own decision, and a finding of its own.
    return filter.hardened ? outcome : { ...outcome, severity: "warn" };
  },
});
