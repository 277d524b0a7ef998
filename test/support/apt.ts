import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { withProgress } from "./progress.ts";
import type { Log } from "./progress.ts";

const SOURCES = "/etc/apt/sources.list.d";

/** A Debian or Ubuntu archive as this machine is configured to use it. */
export interface Archive {
  readonly mirror: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly keyring: string | undefined;
}

export async function installPackages(packages: readonly string[], options: { log: Log; suite?: string }): Promise<void> {
  const target = options.suite ? ["-t", options.suite] : [];
  await withProgress(options.log, `Installing ${packages.join(" ")}`, () =>
    apt(["install", "-y", "--no-install-recommends", ...target, ...packages]),
  );
}

export async function refreshPackageLists(log: Log): Promise<void> {
  await withProgress(log, "Reading the package lists", () => apt(["update"]));
}

/** The version `apt-get install` would choose, or undefined when the package is unknown. */
export async function candidateVersion(name: string): Promise<string | undefined> {
  const { stdout } = await execa("apt-cache", ["policy", name], { env: { LC_ALL: "C" } });
  const version = /^ {2}Candidate: (?:\d+:)?(\S+)$/m.exec(stdout)?.[1];
  return version === "(none)" ? undefined : version;
}

/** Adds a newer suite of the machine's own mirror, pinned so low that nothing comes from it unasked. */
export async function addPinnedSuite(suite: string): Promise<void> {
  const { mirror, keyring } = await machineArchive();
  const source = ["Types: deb", `URIs: ${mirror}`, `Suites: ${suite}`, "Components: main", ...(keyring ? [`Signed-By: ${keyring}`] : [])];
  await writeFile(`${SOURCES}/${suite}.sources`, `${source.join("\n")}\n`);
  await writeFile(`/etc/apt/preferences.d/${suite}`, `Package: *\nPin: release n=${suite}\nPin-Priority: 100\n`);
}

/**
 * The archive of the machine's own release. Read from the sources, not from /etc/os-release:
 * installing a package of a newer suite can upgrade base-files, and with it the release name.
 */
export async function machineArchive(): Promise<Archive> {
  for (const text of await sourceTexts()) {
    const archive = parseDeb822(text) ?? parseOneLine(text);
    if (archive) return archive;
  }
  throw new Error(`The sandbox image is built from the machine's own Debian or Ubuntu archive, and ${SOURCES} names none`);
}

async function sourceTexts(): Promise<string[]> {
  // The distribution's own file first: third parties put archives of other things beside it.
  const own = [`${SOURCES}/debian.sources`, `${SOURCES}/ubuntu.sources`, "/etc/apt/sources.list"];
  const names = await readdir(SOURCES).catch(() => []);
  const others = names.filter((name) => /\.(sources|list)$/.test(name)).map((name) => join(SOURCES, name));
  const texts = await Promise.all([...new Set([...own, ...others])].map((path) => readFile(path, "utf8").catch(() => "")));
  return texts.filter(Boolean);
}

function parseDeb822(text: string): Archive | undefined {
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.+)`, "mi").exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const [[mirror], [suite], components] = [field("URIs"), field("Suites"), field("Components")];
    if (mirror && suite && components.includes("main")) return { mirror, suite, components, keyring: field("Signed-By")[0] };
  }
  return undefined;
}

function parseOneLine(text: string): Archive | undefined {
  const line = /^deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<mirror>\S+)\s+(?<suite>[\w-]+)\s+(?<components>main\b.*)$/m.exec(text)?.groups;
  if (!line) return undefined;
  const keyring = /signed-by=(\S+)/.exec(line.options ?? "")?.[1];
  return { mirror: line.mirror!, suite: line.suite!, components: line.components!.trim().split(/\s+/), keyring };
}

async function apt(args: readonly string[]): Promise<void> {
  await execa("apt-get", args, { env: { DEBIAN_FRONTEND: "noninteractive" }, all: true });
}
