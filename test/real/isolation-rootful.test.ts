import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Json } from "../support/gateway-config.ts";
import { startGateway } from "../support/gateway.ts";
import { findInSandbox } from "../support/leaks.ts";
import { livedIn, monolithicBind, SECRET_PLACES, type LivedIn } from "../support/lived-in.ts";
import { startScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { describeIsolation, spyOnFileTools } from "./isolation.suite.ts";

const prepare = () => prepareEngine({ log: () => {} });

describeIsolation("rootful", prepare);

describe("what the probes find without fortress", () => {
  it("is every canary and the key, through exec and through the file tools, where the operator gave them to the container", async () => {
    await using model = await startScriptedModel();
    const home = livedIn();
    await using gateway = await startGateway({ engine: await prepare(), model, seed: home.seed, sandbox: (stateDir) => withEnv(monolithicBind(stateDir), home.key) });

    const canaries = await gateway.exec(findInSandbox(home.canary));
    const tokens = await gateway.exec(findInSandbox(gateway.token));
    // OpenClaw replaces openclaw.json.last-good when it takes a configuration for good: the token is then where the canary was.
    const found = `${canaries}\n${tokens}`.split("\n");
    for (const place of [...SECRET_PLACES, "openclaw.json"]) expect(found).toContain(join(gateway.stateDir, place));
    expect(await gateway.tool("read", { path: join(gateway.stateDir, "credentials/note.txt") })).toContain(home.canary);
    expect(await gateway.exec("ls /agent-workspace || echo absent")).toContain("absent");
    expect(await spyOnFileTools(gateway, home.key.name)).toContain(home.key.name);
  });
});

/** The key as a variable of the whole container: what an operator without fortress would do. */
function withEnv(sandbox: Json, { name, value }: LivedIn["key"]): Json {
  return { docker: { ...(sandbox.docker as Json), env: { [name]: value } } };
}
