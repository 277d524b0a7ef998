import { isWithin } from "../model/paths.ts";

/** Sources that OpenClaw refuses for every bind but its own; from its validate-sandbox-security. */
const ROOTS = ["/etc", "/private/etc", "/proc", "/sys", "/dev", "/root", "/boot", "/run", "/var/run", "/private/var/run"];
const BELOW_HOME = [".aws", ".cargo", ".config", ".docker", ".gnupg", ".netrc", ".npm", ".ssh"];

/** The folder below which OpenClaw lets nobody bind this source; undefined when it may be bound. */
export function hostBlocks(source: string, home: string): string | undefined {
  return [...ROOTS, ...BELOW_HOME.map((name) => `${home}/${name}`)].find((blocked) => isWithin(blocked, source));
}
