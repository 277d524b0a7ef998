import { startDocker } from "../support/docker.ts";
import { ensureDockerImage } from "../support/docker-image.ts";
import { engineContract } from "./engine.contract.ts";

engineContract("docker", async () => {
  const docker = await startDocker({ log: () => {} });
  return { image: await ensureDockerImage(docker, { log: () => {} }), env: docker.env, run: docker.docker, stop: docker.stop };
});
