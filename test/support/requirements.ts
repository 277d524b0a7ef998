import { access } from "node:fs/promises";
import { execa } from "execa";
import { addPinnedSuite, candidateVersion, installPackages, refreshPackageLists } from "./apt.ts";
import { LIBRARIES, LIBRARY } from "./fake-clock.ts";
import type { Log } from "./progress.ts";

/** The first Podman whose `update` knows `--pids-limit` is a 4.x; 5 is what the plugin supports. */
const MINIMUM_MAJOR = 5;
/** The first Debian release with such a Podman. */
const NEWER_SUITE = "trixie";

const BIN = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const HELPERS = ["/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman"];

interface Requirement {
  readonly binary: string;
  readonly folders: readonly string[];
  readonly package: string;
}

/** Podman starts without most of these and fails later, so each is looked for by name. */
const ENGINE_PARTS: readonly Requirement[] = [
  { binary: "conmon", folders: [...BIN, ...HELPERS], package: "conmon" },
  { binary: "runc", folders: BIN, package: "runc" },
  { binary: "crun", folders: BIN, package: "crun" },
  { binary: "netavark", folders: [...BIN, ...HELPERS], package: "netavark" },
  { binary: "aardvark-dns", folders: [...BIN, ...HELPERS], package: "aardvark-dns" },
  { binary: "pasta", folders: BIN, package: "passt" },
  { binary: "nft", folders: BIN, package: "nftables" },
  { binary: "catatonit", folders: [...BIN, ...HELPERS, "/usr/libexec/catatonit"], package: "catatonit" },
  { binary: "newuidmap", folders: BIN, package: "uidmap" },
  { binary: "fuse-overlayfs", folders: BIN, package: "fuse-overlayfs" },
  { binary: "slirp4netns", folders: BIN, package: "slirp4netns" },
  { binary: "policy.json", folders: ["/etc/containers"], package: "golang-github-containers-common" },
  { binary: "seccomp.json", folders: ["/usr/share/containers", "/etc/containers"], package: "golang-github-containers-common" },
];

/** What builds the sandbox image, what stands in for its tools, what joins networks and what sets the clock of a process; any release's will do. */
const TOOLS: readonly Requirement[] = [
  { binary: "mmdebstrap", folders: BIN, package: "mmdebstrap" },
  { binary: "busybox", folders: ["/bin"], package: "busybox-static" },
  { binary: "ip", folders: BIN, package: "iproute2" },
  { binary: LIBRARY, folders: LIBRARIES, package: "libfaketime" },
];

/** Makes sure that Podman 5 and everything it starts are present. Touches the machine only when something is missing. */
export async function installRequirements(log: Log): Promise<void> {
  const version = await podmanVersion();
  const missing = await missingPackages();
  if (isNewEnough(version) && missing.length === 0) return;

  await refuseUnlessInstallable(version, missing);
  await refreshPackageLists(log);
  if (isNewEnough(version)) {
    await installPackages(missing, { log });
    return;
  }
  const own = await candidateVersion("podman");
  if (isNewEnough(own)) {
    await installPackages(["podman", ...missing], { log });
    return;
  }
  log(`This release offers Podman ${own ?? "none"}; taking it from ${NEWER_SUITE}`);
  const tools = TOOLS.map((tool) => tool.package).filter((each) => missing.includes(each));
  if (tools.length > 0) await installPackages(tools, { log });
  await addPinnedSuite(NEWER_SUITE);
  await refreshPackageLists(log);
  // Podman and its helpers must be of one release, so those already present are named as well.
  await installPackages(["podman", ...new Set(ENGINE_PARTS.map((part) => part.package))], { log, suite: NEWER_SUITE });
}

export async function podmanVersion(): Promise<string | undefined> {
  const { stdout, failed } = await execa("podman", ["--version"], { reject: false });
  return failed ? undefined : /(\d+\.\d+\S*)/.exec(stdout)?.[1];
}

function isNewEnough(version: string | undefined): boolean {
  return version !== undefined && Number.parseInt(version, 10) >= MINIMUM_MAJOR;
}

async function missingPackages(): Promise<string[]> {
  const checked = await Promise.all([...ENGINE_PARTS, ...TOOLS].map(async (requirement) => ((await isPresent(requirement)) ? [] : [requirement.package])));
  return [...new Set(checked.flat())];
}

async function isPresent({ binary, folders }: Requirement): Promise<boolean> {
  return Promise.any(folders.map((folder) => access(`${folder}/${binary}`))).then(() => true, () => false);
}

async function refuseUnlessInstallable(version: string | undefined, missing: readonly string[]): Promise<void> {
  const hasApt = await isPresent({ binary: "apt-get", folders: BIN, package: "apt" });
  if (hasApt && process.getuid?.() === 0) return;
  const wanted = [...(isNewEnough(version) ? [] : [`podman >= ${MINIMUM_MAJOR}`]), ...missing].join(", ");
  throw new Error(
    `The real tests need ${wanted} (found podman ${version ?? "none"}). ` +
      `${hasApt ? "Run them as root, or install these with apt-get" : "Install these with the system's package manager (the names are Debian's)"} and try again.`,
  );
}
