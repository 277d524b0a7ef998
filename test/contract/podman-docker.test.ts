import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";
import { engineContract } from "./engine.contract.ts";

/** What the package podman-docker makes of a machine: the command docker is Podman. */
engineContract(
  "docker",
  async () => {
    const engine = await prepareEngine({ log: () => {} });
    const bin = mkdtempSync(join(tmpdir(), "podman-docker-"));
    symlinkSync(execFileSync("/bin/sh", ["-c", "command -v podman"], { encoding: "utf8" }).trim(), join(bin, "docker"));
    return {
      image: await ensureSandboxImage(engine, { log: () => {} }),
      env: { ...engine.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` },
      run: engine.podman,
      stop: async () => rmSync(bin, { recursive: true }),
    };
  },
  "podman",
);
