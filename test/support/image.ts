import { access, rename, rm } from "node:fs/promises";
import { execa } from "execa";
import { machineArchive } from "./apt.ts";
import type { Archive } from "./apt.ts";
import type { Engine } from "./engine.ts";
import { cacheFolder } from "./folders.ts";
import { withProgress } from "./progress.ts";
import type { Log } from "./progress.ts";

/** What OpenClaw's own sandbox image has; its file tools need python3. */
const PACKAGES = ["bash", "ca-certificates", "coreutils", "curl", "git", "jq", "python3", "ripgrep"];

/** An image of the tests: what its name ends in, and what is in it. */
export interface ImageKind {
  readonly suffix: string;
  readonly packages: readonly string[];
}

const SANDBOX: ImageKind = { suffix: "", packages: PACKAGES };

/** What an agent that writes programs has besides. */
export const DEVELOPER: ImageKind = { suffix: "-developer", packages: [...PACKAGES, "gcc", "libc6-dev", "golang-go", "make", "nodejs", "python3-pip", "python3-venv"] };

/** A machine with systemd, an engine for its user, and what the smallest image is made of. */
export const SYSTEMD: ImageKind = { suffix: "-systemd-podman", packages: ["systemd", "systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd", "procps", "podman", "crun", "uidmap", "busybox-static"] };

/** Loads an image of the tests, by default that of the sandboxes, into the engine's store, built without a registry if need be. Returns its name. */
export async function ensureSandboxImage(engine: Engine, { log, kind = SANDBOX }: { log: Log; kind?: ImageKind }): Promise<string> {
  const archive = await machineArchive();
  const image = imageName(archive, kind);
  const present = await engine.podman(["image", "exists", image]).then(() => true, () => false);
  if (present) return image;

  const tarball = await ensureRootFilesystem(archive, log, kind);
  // Handed over as an open file, because the cache is closed to the rootless user.
  await withProgress(log, `Importing ${image}`, () => engine.podman(["import", "-", image], { inputFile: tarball }));
  return image;
}

export function imageName({ suite }: Archive, { suffix } = SANDBOX): string {
  return `localhost/openclaw-fortress-test${suffix}:${suite}`;
}

/** Kept as a file: every engine imports the same one. */
export async function ensureRootFilesystem(archive: Archive, log: Log, kind = SANDBOX): Promise<string> {
  const tarball = `${await cacheFolder()}/${archive.suite}${kind.suffix}.tar`;
  const built = await access(tarball).then(() => true, () => false);
  if (!built) {
    const partial = `${tarball}.${process.pid}`;
    try {
      await withProgress(log, `Building the ${archive.suite} root file system of the sandbox image${kind.suffix}`, () => bootstrap(archive, kind, partial));
      await rename(partial, tarball);
    } finally {
      await rm(partial, { force: true });
    }
  }
  return tarball;
}

async function bootstrap({ mirror, suite, components, keyring }: Archive, { packages }: ImageKind, target: string): Promise<void> {
  const options = ["--variant=minbase", "--format=tar", `--components=${components}`, `--include=${packages}`];
  if (keyring) options.push(`--keyring=${keyring}`);
  await execa("mmdebstrap", [...options, suite, target, mirror]);
}
