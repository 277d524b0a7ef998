import { access, rm, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { addPinnedSuite, candidateVersion, installPackages, refreshPackageLists } from "./apt.ts";
import type { Log } from "./progress.ts";

/** The first Docker whose API today's clients still speak (1.44). */
const MINIMUM_MAJOR = 25;
/** The first Debian release with such a Docker; Podman 5 comes from the same one. */
const NEWER_SUITE = "trixie";
/** Debian's way to say which services a package may start. */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** Makes sure that a Docker daemon and a client are present. Touches the machine only when one is missing. */
export async function installDocker(log: Log): Promise<void> {
  const [daemon, client] = await Promise.all([majorOf("dockerd"), majorOf("docker")]);
  const missing = [...(daemon < MINIMUM_MAJOR ? ["docker.io"] : []), ...(client === 0 ? ["docker-cli"] : [])];
  if (missing.length === 0) return;

  if (process.getuid?.() !== 0 || (await execa("apt-get", ["--version"], { reject: false })).failed) {
    throw new Error(`The Docker tests need ${missing.join(" and ")} (Docker >= ${MINIMUM_MAJOR}). Run them as root on Debian or Ubuntu, or install these yourself, and try again.`);
  }
  await refreshPackageLists(log);
  const own = Number.parseInt((await candidateVersion("docker.io")) ?? "0", 10);
  const suite = own < MINIMUM_MAJOR ? NEWER_SUITE : undefined;
  if (suite) {
    log(`This release offers Docker ${own || "none"}; taking it from ${suite}`);
    await addPinnedSuite(suite);
    await refreshPackageLists(log);
  }
  // Older releases have the client in docker.io itself.
  const known = await Promise.all(missing.map(candidateVersion));
  await withoutServices(() => installPackages(missing.filter((_, index) => known[index] !== undefined), { log, ...(suite ? { suite } : {}) }));
}

/** 0 when the program is not there, or is something else under its name. */
async function majorOf(program: "docker" | "dockerd"): Promise<number> {
  const { stdout, failed } = await execa(program, ["--version"], { reject: false });
  return failed ? 0 : Number(/^Docker version (\d+)\./m.exec(stdout)?.[1] ?? 0);
}

/** The package would start a daemon for the whole machine, with firewall rules and bridges of its own. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const theirs = await access(SERVICE_POLICY).then(() => true, () => false);
  if (!theirs) await writeFile(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (!theirs) await rm(SERVICE_POLICY, { force: true });
  }
}
