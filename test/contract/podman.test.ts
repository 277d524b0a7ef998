import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";
import { engineContract } from "./engine.contract.ts";

engineContract("podman", async () => {
  const engine = await prepareEngine({ log: () => {} });
  return { image: await ensureSandboxImage(engine, { log: () => {} }), env: engine.env, run: engine.podman, stop: async () => {} };
});
