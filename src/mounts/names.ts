import { posix } from "node:path";
import type { KernelMount } from "../model/sandbox.ts";
import { isWithin } from "../model/paths.ts";

type Place = Pick<KernelMount, "device" | "root">;

/**
 * Every path at which the host has a directory of a file system. Bind mounts give a directory names
 * that no resolving of links finds.
 */
export function hostNames({ device, root }: Place, host: readonly KernelMount[]): string[] {
  const names = host.filter((mount) => mount.device === device && isWithin(mount.root, root)).map((mount) => posix.join(mount.target, posix.relative(mount.root, root)));
  return [...new Set(names)];
}

/** Every name of a directory and of what is mounted below it. @param path canonical */
export function allNames(path: string, host: readonly KernelMount[]): string[] {
  const below = host.filter(({ target }) => target !== path && isWithin(path, target));
  const names = [placeOf(path, host), ...below].flatMap((place) => (place ? hostNames(place, host) : []));
  return [...new Set([path, ...names])];
}

function placeOf(path: string, host: readonly KernelMount[]): Place | undefined {
  // Of two mounts at one place the later one is on top.
  const mount = host.filter(({ target }) => isWithin(target, path)).reduce<KernelMount | undefined>((best, each) => (best && best.target.length > each.target.length ? best : each), undefined);
  return mount && { device: mount.device, root: posix.join(mount.root, posix.relative(mount.target, path)) };
}
