import { randomBytes } from "node:crypto";
import type { Engine } from "./engine.ts";
import type { Log } from "./progress.ts";
import { withProgress } from "./progress.ts";

/** Every program that busybox has becomes busybox; only python3, which it lacks, stays Debian's. */
const REPLACE = `set -e
for applet in $(/bin/busybox --list); do
  [ "$applet" != busybox ] || continue
  /bin/busybox ln -sfn /bin/busybox "/usr/bin/$applet"
  [ ! -e "/usr/sbin/$applet" ] || /bin/busybox ln -sfn /bin/busybox "/usr/sbin/$applet"
done
/bin/busybox rm -f /usr/bin/bash /usr/bin/dash`;

/** Makes the image of the sandboxes anew, with the busybox of this machine in place of its shell and tools. Returns its name. */
export async function ensureBusyboxImage(engine: Engine, image: string, { log }: { log: Log }): Promise<string> {
  const name = image.replace(/:/, "-busybox:");
  const present = await engine.podman(["image", "exists", name]).then(() => true, () => false);
  if (present) return name;
  const container = `busybox-${randomBytes(4).toString("hex")}`;
  await withProgress(log, `Making ${name}`, async () => {
    try {
      await engine.podman(["run", "--detach", "--network", "none", "--name", container, image, "sleep", "infinity"]);
      await engine.podman(["cp", "/bin/busybox", `${container}:/usr/bin/busybox`]);
      await engine.podman(["exec", container, "/bin/busybox", "sh", "-c", REPLACE]);
      await engine.podman(["commit", "--quiet", container, name]);
    } finally {
      await engine.podman(["rm", "--force", "--time", "0", container]).catch(() => {});
    }
  });
  return name;
}
