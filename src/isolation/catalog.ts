import type { Check } from "./check.ts";
import { check as configAsPlanned } from "./checks/config-as-planned.ts";
import { check as configNothingTheGatewayRuns } from "./checks/config-nothing-the-gateway-runs.ts";
import { check as configWorkspacePluginsClosed } from "./checks/config-workspace-plugins-closed.ts";
import { check as filesystemDevClosed } from "./checks/filesystem-dev-closed.ts";
import { check as filesystemHomeHoldsNoPrograms } from "./checks/filesystem-home-holds-no-programs.ts";
import { check as filesystemMountsDeclared } from "./checks/filesystem-mounts-declared.ts";
import { check as filesystemNoDeviceNodes } from "./checks/filesystem-no-device-nodes.ts";
import { check as filesystemNoHostDirectories } from "./checks/filesystem-no-host-directories.ts";
import { check as filesystemNoHostPaths } from "./checks/filesystem-no-host-paths.ts";
import { check as filesystemNoRenamedParents } from "./checks/filesystem-no-renamed-parents.ts";
import { check as filesystemNoRuntimeDirectory } from "./checks/filesystem-no-runtime-directory.ts";
import { check as filesystemNoSharedPropagation } from "./checks/filesystem-no-shared-propagation.ts";
import { check as filesystemNoSockets } from "./checks/filesystem-no-sockets.ts";
import { check as filesystemNoSocketsMounted } from "./checks/filesystem-no-sockets-mounted.ts";
import { check as filesystemNoStaging } from "./checks/filesystem-no-staging.ts";
import { check as filesystemNoStaleMounts } from "./checks/filesystem-no-stale-mounts.ts";
import { check as filesystemNoWritesOutside } from "./checks/filesystem-no-writes-outside.ts";
import { check as filesystemNosuidNodev } from "./checks/filesystem-nosuid-nodev.ts";
import { check as filesystemNothingExposed } from "./checks/filesystem-nothing-exposed.ts";
import { check as filesystemParentsStay } from "./checks/filesystem-parents-stay.ts";
import { check as filesystemReadOnlyRoot } from "./checks/filesystem-read-only-root.ts";
import { check as filesystemTmpfsNoexec } from "./checks/filesystem-tmpfs-noexec.ts";
import { check as filesystemWritableAsPlanned } from "./checks/filesystem-writable-as-planned.ts";
import { check as guideConfigReadOnly } from "./checks/guide-config-read-only.ts";
import { check as guideCredentials } from "./checks/guide-credentials.ts";
import { check as guideNoSecretsEnv } from "./checks/guide-no-secrets-env.ts";
import { check as guideSecretsFile } from "./checks/guide-secrets-file.ts";
import { check as guideWorkspaceWritable } from "./checks/guide-workspace-writable.ts";
import { check as namespaceCgroup } from "./checks/namespace-cgroup.ts";
import { check as namespaceIpc } from "./checks/namespace-ipc.ts";
import { check as namespaceMnt } from "./checks/namespace-mnt.ts";
import { check as namespaceNet } from "./checks/namespace-net.ts";
import { check as namespacePid } from "./checks/namespace-pid.ts";
import { check as namespaceUts } from "./checks/namespace-uts.ts";
import { check as networkGatewayUnreachable } from "./checks/network-gateway-unreachable.ts";
import { check as networkInterfaces } from "./checks/network-interfaces.ts";
import { check as networkLoopbackOnly } from "./checks/network-loopback-only.ts";
import { check as networkNoHostSockets } from "./checks/network-no-host-sockets.ts";
import { check as networkNoMetadata } from "./checks/network-no-metadata.ts";
import { check as networkNoResolver } from "./checks/network-no-resolver.ts";
import { check as networkNoRoute } from "./checks/network-no-route.ts";
import { check as privilegeCgroupfsReadOnly } from "./checks/privilege-cgroupfs-read-only.ts";
import { check as privilegeDeviceRules } from "./checks/privilege-device-rules.ts";
import { check as privilegeExecAsClosed } from "./checks/privilege-exec-as-closed.ts";
import { check as privilegeFirstProcess } from "./checks/privilege-first-process.ts";
import { check as privilegeKernelQuiet } from "./checks/privilege-kernel-quiet.ts";
import { check as privilegeKernelSettings } from "./checks/privilege-kernel-settings.ts";
import { check as privilegeMacProfile } from "./checks/privilege-mac-profile.ts";
import { check as privilegeNoCapabilities } from "./checks/privilege-no-capabilities.ts";
import { check as privilegeNoDevices } from "./checks/privilege-no-devices.ts";
import { check as privilegeNoDevtmpfs } from "./checks/privilege-no-devtmpfs.ts";
import { check as privilegeNoNewPrivileges } from "./checks/privilege-no-new-privileges.ts";
import { check as privilegeNoRoot } from "./checks/privilege-no-root.ts";
import { check as privilegeNoUserNamespace } from "./checks/privilege-no-user-namespace.ts";
import { check as privilegeNotHostRoot } from "./checks/privilege-not-host-root.ts";
import { check as privilegeNotPrivileged } from "./checks/privilege-not-privileged.ts";
import { check as privilegeNotRootGroup } from "./checks/privilege-not-root-group.ts";
import { check as privilegeProcMasked } from "./checks/privilege-proc-masked.ts";
import { check as privilegeProcSysReadOnly } from "./checks/privilege-proc-sys-read-only.ts";
import { check as privilegeRuntimeCurrent } from "./checks/privilege-runtime-current.ts";
import { check as privilegeSeccompCurrent } from "./checks/privilege-seccomp-current.ts";
import { check as privilegeSeccompFilter } from "./checks/privilege-seccomp-filter.ts";
import { check as privilegeSeccompHardened } from "./checks/privilege-seccomp-hardened.ts";
import { check as privilegeSysfsReadOnly } from "./checks/privilege-sysfs-read-only.ts";
import { check as privilegeUserNamespace } from "./checks/privilege-user-namespace.ts";
import { check as probeHomeOutsideWorkspace } from "./checks/probe-home-outside-workspace.ts";
import { check as probePathClosed } from "./checks/probe-path-closed.ts";
import { check as probeProfileClosed } from "./checks/probe-profile-closed.ts";
import { check as resourceCpus } from "./checks/resource-cpus.ts";
import { check as resourceDatabasesUnlocked } from "./checks/resource-databases-unlocked.ts";
import { check as resourceDiskBounded } from "./checks/resource-disk-bounded.ts";
import { check as resourceEngineAgrees } from "./checks/resource-engine-agrees.ts";
import { check as resourceLogBounded } from "./checks/resource-log-bounded.ts";
import { check as resourceMemory } from "./checks/resource-memory.ts";
import { check as resourceMemoryAndSwap } from "./checks/resource-memory-and-swap.ts";
import { check as resourceNoCoreDumps } from "./checks/resource-no-core-dumps.ts";
import { check as resourceOomVictim } from "./checks/resource-oom-victim.ts";
import { check as resourceOpenFiles } from "./checks/resource-open-files.ts";
import { check as resourceOrphansReaped } from "./checks/resource-orphans-reaped.ts";
import { check as resourceOwnCgroup } from "./checks/resource-own-cgroup.ts";
import { check as resourcePids } from "./checks/resource-pids.ts";
import { check as resourceShmSize } from "./checks/resource-shm-size.ts";
import { check as resourceTmpfsSized } from "./checks/resource-tmpfs-sized.ts";
import { check as secretsEnvironmentPrivate } from "./checks/secrets-environment-private.ts";
import { check as secretsMemoryPrivate } from "./checks/secrets-memory-private.ts";
import { check as secretsNoAuthProfiles } from "./checks/secrets-no-auth-profiles.ts";
import { check as secretsNoConfigCopies } from "./checks/secrets-no-config-copies.ts";
import { check as secretsNoCoreDumps } from "./checks/secrets-no-core-dumps.ts";
import { check as secretsNoEnv } from "./checks/secrets-no-env.ts";
import { check as secretsNoGatewayDatabases } from "./checks/secrets-no-gateway-databases.ts";
import { check as secretsNoIdentity } from "./checks/secrets-no-identity.ts";
import { check as secretsNoRealConfig } from "./checks/secrets-no-real-config.ts";
import { check as secretsNoState } from "./checks/secrets-no-state.ts";
import { check as secretsNotOnDisk } from "./checks/secrets-not-on-disk.ts";
import { check as secretsStateDirectoryClosed } from "./checks/secrets-state-directory-closed.ts";
import { check as secretsStoreSafe } from "./checks/secrets-store-safe.ts";
import { check as socketsAlg } from "./checks/sockets-alg.ts";
import { check as socketsBluetooth } from "./checks/sockets-bluetooth.ts";
import { check as socketsPacket } from "./checks/sockets-packet.ts";
import { check as socketsVsock } from "./checks/sockets-vsock.ts";
import { check as socketsXdp } from "./checks/sockets-xdp.ts";
import { check as syscallsBpf } from "./checks/syscalls-bpf.ts";
import { check as syscallsClock } from "./checks/syscalls-clock.ts";
import { check as syscallsFaults } from "./checks/syscalls-faults.ts";
import { check as syscallsFileHandles } from "./checks/syscalls-file-handles.ts";
import { check as syscallsHostName } from "./checks/syscalls-host-name.ts";
import { check as syscallsIoUring } from "./checks/syscalls-io-uring.ts";
import { check as syscallsKernelLog } from "./checks/syscalls-kernel-log.ts";
import { check as syscallsKeyring } from "./checks/syscalls-keyring.ts";
import { check as syscallsMachine } from "./checks/syscalls-machine.ts";
import { check as syscallsModules } from "./checks/syscalls-modules.ts";
import { check as syscallsMount } from "./checks/syscalls-mount.ts";
import { check as syscallsNamespaces } from "./checks/syscalls-namespaces.ts";
import { check as syscallsOtherGate } from "./checks/syscalls-other-gate.ts";
import { check as syscallsPorts } from "./checks/syscalls-ports.ts";
import { check as syscallsQuota } from "./checks/syscalls-quota.ts";
import { check as syscallsTracing } from "./checks/syscalls-tracing.ts";

/** Every check, in the order in which they are shown. */
export const CATALOG: readonly Check[] = [
  guideSecretsFile,
  guideCredentials,
  guideConfigReadOnly,
  guideNoSecretsEnv,
  guideWorkspaceWritable,
  filesystemReadOnlyRoot,
  filesystemMountsDeclared,
  filesystemNothingExposed,
  filesystemWritableAsPlanned,
  filesystemNoRenamedParents,
  filesystemNosuidNodev,
  filesystemNoStaleMounts,
  filesystemNoHostDirectories,
  filesystemNoSocketsMounted,
  filesystemNoSharedPropagation,
  filesystemTmpfsNoexec,
  filesystemNoHostPaths,
  filesystemNoWritesOutside,
  filesystemParentsStay,
  filesystemNoDeviceNodes,
  filesystemNoStaging,
  filesystemHomeHoldsNoPrograms,
  filesystemDevClosed,
  filesystemNoSockets,
  filesystemNoRuntimeDirectory,
  secretsNoEnv,
  secretsNotOnDisk,
  secretsStoreSafe,
  secretsNoGatewayDatabases,
  secretsNoConfigCopies,
  secretsNoRealConfig,
  secretsNoIdentity,
  secretsNoAuthProfiles,
  secretsNoState,
  secretsStateDirectoryClosed,
  secretsEnvironmentPrivate,
  secretsMemoryPrivate,
  secretsNoCoreDumps,
  configAsPlanned,
  configNothingTheGatewayRuns,
  configWorkspacePluginsClosed,
  privilegeProcSysReadOnly,
  privilegeProcMasked,
  privilegeSysfsReadOnly,
  privilegeCgroupfsReadOnly,
  privilegeNoDevtmpfs,
  privilegeDeviceRules,
  privilegeNoNewPrivileges,
  privilegeNoCapabilities,
  privilegeNotPrivileged,
  privilegeNotHostRoot,
  privilegeNotRootGroup,
  privilegeUserNamespace,
  privilegeSeccompFilter,
  privilegeSeccompHardened,
  privilegeSeccompCurrent,
  privilegeFirstProcess,
  privilegeMacProfile,
  privilegeRuntimeCurrent,
  privilegeNoUserNamespace,
  privilegeNoDevices,
  privilegeKernelSettings,
  privilegeKernelQuiet,
  privilegeNoRoot,
  privilegeExecAsClosed,
  namespaceNet,
  namespacePid,
  namespaceIpc,
  namespaceUts,
  namespaceMnt,
  namespaceCgroup,
  syscallsMount,
  syscallsNamespaces,
  syscallsKeyring,
  syscallsTracing,
  syscallsBpf,
  syscallsIoUring,
  syscallsFaults,
  syscallsFileHandles,
  syscallsModules,
  syscallsMachine,
  syscallsQuota,
  syscallsPorts,
  syscallsClock,
  syscallsHostName,
  syscallsKernelLog,
  syscallsOtherGate,
  socketsVsock,
  socketsAlg,
  socketsPacket,
  socketsXdp,
  socketsBluetooth,
  resourceMemory,
  resourceMemoryAndSwap,
  resourceCpus,
  resourcePids,
  resourceEngineAgrees,
  resourceOwnCgroup,
  resourceOomVictim,
  resourceTmpfsSized,
  resourceShmSize,
  resourceNoCoreDumps,
  resourceOpenFiles,
  resourceLogBounded,
  resourceDatabasesUnlocked,
  resourceDiskBounded,
  resourceOrphansReaped,
  networkInterfaces,
  networkNoRoute,
  networkNoHostSockets,
  networkLoopbackOnly,
  networkGatewayUnreachable,
  networkNoMetadata,
  networkNoResolver,
  probeHomeOutsideWorkspace,
  probePathClosed,
  probeProfileClosed,
];
