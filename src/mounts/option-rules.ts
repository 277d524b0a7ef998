import type { BindSpec } from "./paths.ts";

/** What a bind may say beside its paths. `z` and `Z` are for SELinux, the last three for macOS. */
const ALLOWED = new Set(["ro", "rw", "z", "Z", "noexec", "nosuid", "nodev", "bind", "rbind", "private", "rprivate", "cached", "delegated", "consistent"]);

/** Why those that operators use are not among them. */
const REASONS: Readonly<Record<string, string>> = {
  U: "changes the owner of everything in its source",
  O: "shows the file tools another content than exec",
  suid: "lets setuid programs of the source work",
  dev: "lets device nodes of the source work",
  exec: "undoes a noexec of the source",
  shared: "carries mounts of the sandbox to the host",
  rshared: "carries mounts of the sandbox to the host",
  slave: "carries later mounts of the host into the sandbox",
  rslave: "carries later mounts of the host into the sandbox",
  idmap: "gives files of the source to other users",
};

/** Why the options of a bind are refused; one sentence part each. */
export function judgeOptions({ options }: BindSpec): string[] {
  const refused = options
    .filter((option) => !ALLOWED.has(option))
    .map((option) => {
      const name = option.split("=", 1)[0]!;
      return `its option "${option.slice(0, 40)}" ${REASONS[name] ?? "is not one that fortress knows to be safe"}`;
    });
  return options.includes("ro") && options.includes("rw") ? [...refused, "it is ro and rw at once"] : refused;
}
