import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareRootlessEngine } from "../support/setup.ts";


describe("a rootless engine that can't limit anything", () => {
  let model: ScriptedModel;
  let gateway: Gateway;

  beforeAll(async () => {
    model = await startScriptedModel();
    gateway = await startGateway({ engine: await prepareRootlessEngine({ log: () => {} }), model, pluginDir: PLUGIN_DIR });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
  });

  it("gives no sandbox whose limits the kernel never got, names them and the remedy, and leaves none running", async () => {
    // The test's user has no systemd session, so on cgroup v2 it has no delegated controllers either.
    const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }));
    expect(isError).toBe(true);
    expect(text).not.toContain("RAN");
    for (const part of ["do not hold", "memory", "Remedy:", "cgroup v2 with delegated controllers", "limits.onFailure"]) expect(text).toContain(part);
    expect(await gateway.containers()).toEqual([]);
  });

  it("does not believe the engine, whose inspect shows the limits that were refused", async () => {
    const { podman } = gateway.engine;
    const image = (await podman(["images", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n")[0]!;
    const id = await podman(["run", "--detach", "--network", "none", "--name", `${gateway.containerPrefix}-refused`, image, "sleep", "60"]);
    await expect(podman(["update", "--memory", "64m", id])).rejects.toThrow();
    expect(await podman(["inspect", "--format", "{{.HostConfig.Memory}}", id])).toBe(String(64 * 2 ** 20));
  });
});
