import { expect, it } from "vitest";
import type { AgentSettings } from "../../src/flows/agent-settings.ts";
import type { Explanation } from "../../src/flows/explain.ts";
import { container } from "../fixtures/container.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { kernelMount } from "../fixtures/kernel.ts";
import { secretWorld } from "../fixtures/world.ts";

const SETTINGS: AgentSettings = { access: "rw", workdir: "/workspace", binds: [], externalBindsAllowed: false, reservedTargetsAllowed: false, nativeLimits: {} };
const AGENTS = new Map([["main", SETTINGS], ["ops", SETTINGS]]);

/** A sandbox of agent main with its workspace and, beside it, a mount that nobody asked for. */
function explain(agentId: string, settings: Partial<AgentSettings> = {}): Promise<Explanation> {
  const world = secretWorld("A_KEY=1\nB_KEY=2\n", { grants: { main: ["A_*"], "*": [] } }, { isVisible: () => true, readMounts: (pid) => (pid === "self" ? [] : mounts) });
  const { workspace, stateDir } = world.home;
  const binds = [
    { source: workspace, target: "/workspace", mode: "rw" as const },
    { source: workspace, target: "/agent-workspace", mode: "rw" as const },
    { source: `${stateDir}/models`, target: `${stateDir}/models`, mode: "ro" as const },
  ];
  const mounts = binds.map(({ target, mode, source }) => kernelMount(target, mode, source));
  world.home.mkdir(".openclaw/skills");
  world.state.containers = [container({ labels: { "openclaw.sessionKey": "agent:main:main" }, binds })];
  return world.fortress.explain(agentId, () => ({ ...world.host(), agents: new Map([...AGENTS, ["main", { ...SETTINGS, ...settings }]]) }));
}

it("holds the plan of today against what the kernel has", async () => {
  const { sandboxes } = await explain("main");
  const [{ mounts = [], refused, secrets } = {}] = sandboxes;
  expect(refused).toBeUndefined();
  const find = (end: string) => mounts.find(({ target }) => target.endsWith(end));
  expect(find("/agent-workspace")).toEqual({ target: "/agent-workspace", planned: "rw", actual: "rw", because: "the sandbox's workspace" });
  expect(find("/.openclaw/skills")).toMatchObject({ planned: "ro", actual: undefined, because: "managed skills" });
  expect(find("/.openclaw/models")).toMatchObject({ planned: undefined, actual: "ro", because: "today's configuration does not ask for it" });
  expect(secrets).toEqual([{ what: "A_KEY", because: "secrets.grants.main: A_*" }]);
});

it("says why today's configuration would refuse it, and still what is there", async () => {
  const { sandboxes } = await explain("main", { binds: ["/etc:/etc2:ro"], externalBindsAllowed: true });
  expect(sandboxes[0]).toMatchObject({ refused: expect.stringContaining('"/etc:/etc2:ro"'), mounts: expect.arrayContaining([expect.objectContaining({ target: "/agent-workspace", planned: undefined, actual: "rw" })]) });
});

it("shows an agent its own sandboxes, and names the agents to who asks for another", async () => {
  expect(await explain("ops")).toEqual({ agentId: "ops", sandboxes: [] });
  expect(await rejectionOf(explain("nobody"))).toMatchObject({ code: "agent-unknown", remedy: "Agents are: main, ops." });
});
