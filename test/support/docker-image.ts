import { machineArchive } from "./apt.ts";
import type { Docker } from "./docker.ts";
import { ensureRootFilesystem, imageName } from "./image.ts";
import { withProgress } from "./progress.ts";
import type { Log } from "./progress.ts";

/** Loads the sandbox image that Podman runs into a Docker daemon. Returns its name. */
export async function ensureDockerImage({ docker }: Docker, { log }: { log: Log }): Promise<string> {
  const archive = await machineArchive();
  const image = imageName(archive);
  const present = await docker(["image", "inspect", image]).then(() => true, () => false);
  if (present) return image;

  const tarball = await ensureRootFilesystem(archive, log);
  await withProgress(log, `Importing ${image} into Docker`, () => docker(["import", "-", image], { inputFile: tarball }));
  return image;
}
