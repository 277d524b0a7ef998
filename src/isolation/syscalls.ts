/**
 * Python that makes system calls, with arguments that do no harm where they are let through, and
 * prints one line for each: its name and errno, 0 for success, -1 where that stays open. A filter
 * answers EPERM (1) or ENOSYS (38). What the machine's architecture lacks is left out.
 * Numbers: asm/unistd_64.h of x86_64, asm-generic/unistd.h of arm64.
 */
export const SYSCALL_PROBE = String.raw`
import ctypes, mmap, os, platform, signal
libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
NEWUSER, SIGCHLD = 0x10000000, 17
# name: number on x86_64, number on arm64 (None: has none), arguments
CALLS = {
  "mount": (165, 40, 0, 0, 0, 0, 0), "umount2": (166, 39, 0, 0), "pivot_root": (155, 41, 0, 0), "chroot": (161, 51, 0),
  "fsopen": (430, 430, 0, 0), "fsconfig": (431, 431, -1, 0, 0, 0, 0), "fsmount": (432, 432, -1, 0, 0), "fspick": (433, 433, -1, 0, 0),
  "move_mount": (429, 429, -1, 0, -1, 0, 0), "open_tree": (428, 428, -1, 0, 0), "mount_setattr": (442, 442, -1, 0, 0, 0, 0),
  "unshare": (272, 97, NEWUSER), "clone": (56, 220, NEWUSER | SIGCHLD, 0, 0, 0, 0), "clone3": (435, 435, 0, 0), "setns": (308, 268, -1, 0),
  "keyctl": (250, 219, 0, -3, 0), "add_key": (248, 217, 0, 0, 0, 0, -3), "request_key": (249, 218, 0, 0, 0, -3),
  "ptrace": (101, 117, 0x4206, 0, 0, 0), "process_vm_readv": (310, 270, -1, 0, 0, 0, 0, 1), "process_vm_writev": (311, 271, -1, 0, 0, 0, 0, 1),
  "process_madvise": (440, 440, -1, 0, 0, 0, 1), "pidfd_getfd": (438, 438, -1, 0, 0), "kcmp": (312, 272, -1, -1, 0, 0, 0),
  "bpf": (321, 280, 99, 0, 0), "perf_event_open": (298, 241, 0, 0, -1, -1, 0), "userfaultfd": (323, 282, -1), "fanotify_init": (300, 262, -1, 0),
  "io_uring_setup": (425, 425, 1, 0), "io_uring_enter": (426, 426, -1, 0, 0, 0, 0), "io_uring_register": (427, 427, -1, 0, 0, 0),
  "open_by_handle_at": (304, 265, -1, 0, 0), "kexec_load": (246, 104, 0, 99, 0, 0), "kexec_file_load": (320, 294, -1, -1, 0, 0, 99),
  "init_module": (175, 105, 0, 0, 0), "finit_module": (313, 273, -1, 0, 99), "delete_module": (176, 106, 0, 0), "reboot": (169, 142, 0, 0, 0, 0),
  "swapon": (167, 224, 0, -1), "swapoff": (168, 225, 0), "acct": (163, 89, 1), "quotactl": (179, 60, -1, 0, 0, 0), "quotactl_fd": (443, 443, -1, -1, 0, 0),
  "ioperm": (173, None, -1, 1, 1), "iopl": (172, None, 9), "syslog": (103, 116, 99, 0, 0), "clock_settime": (227, 112, -99, 0), "settimeofday": (164, 170, 1, 0),
  "sethostname": (170, 161, 0, -1), "setdomainname": (171, 162, 0, -1),
  "socket-vsock": (41, 198, 40, 1, 0), "socket-alg": (41, 198, 38, 5, 0), "socket-packet": (41, 198, 17, 3, 0), "socket-bluetooth": (41, 198, 31, 3, 1), "socket-xdp": (41, 198, 44, 3, 0),
}

def attempt(name):
    """In a child: some of these change the process that calls them."""
    numbers = CALLS[name][:2]
    number = numbers[0] if X86 else numbers[1]
    return None if number is None else in_child(lambda: libc.syscall(ctypes.c_long(number), *[ctypes.c_long(each) for each in CALLS[name][2:]]))

def in_child(action, killed=(signal.SIGSYS,)):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.set_errno(0)
        me = os.getpid()
        failed = action() < 0
        # A clone that succeeds arrives here twice.
        if os.getpid() == me: os.write(writing, str(ctypes.get_errno() if failed else 0).encode())
        os._exit(0)
    os.close(writing)
    answer = os.read(reading, 20)
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    # A filter may also kill: that is a refusal. Any other end says nothing.
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in killed: return 1
    return int(answer) if answer else -1

def by_32_bit_entry(number, a, b, c):
    """The same kernel through the gate of 32-bit programs, which has numbers of its own."""
    code = bytes.fromhex("5389f889f34189c889d14489c2cd805bc3")
    def call():
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        run = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        result = run(number, a, b, c)
        ctypes.set_errno(-result if result < 0 else 0)
        return result
    # Without such a gate the instruction itself is what ends the program.
    return in_child(call, (signal.SIGSYS, signal.SIGSEGV))

for name in CALLS:
    answer = attempt(name)
    if answer is not None: print(f"{name}={answer}", flush=True)
if X86:
    print(f"32-bit-socket-vsock={by_32_bit_entry(359, 40, 1, 0)}")
    print(f"32-bit-unshare={by_32_bit_entry(310, NEWUSER, 0, 0)}")
    print(f"32-bit-mount={by_32_bit_entry(21, 0, 0, 0)}")
`;
