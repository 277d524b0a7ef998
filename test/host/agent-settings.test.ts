import { expect, it } from "vitest";
import { agentSettings } from "../../src/host/agent-settings.ts";

const DEFAULTS = { sandbox: { workspaceAccess: "rw", docker: { binds: ["/a:/a:ro"], memory: "2g", cpus: 3, dangerouslyAllowExternalBindSources: true } } };

it("are OpenClaw's own defaults where nothing is said", () => {
  expect(agentSettings({}, "main")).toEqual({ access: "none", workdir: "/workspace", binds: [], externalBindsAllowed: false, reservedTargetsAllowed: false, nativeLimits: { memory: undefined, cpus: undefined, pidsLimit: undefined } });
});

it("are the agent's own before the common ones, but binds are both", () => {
  const own = { sandbox: { workspaceAccess: "ro", docker: { binds: ["/b:/b"], memory: "1g", workdir: "/w" } } };
  const expected = { access: "ro", workdir: "/w", binds: ["/a:/a:ro", "/b:/b"], externalBindsAllowed: true, nativeLimits: { memory: "1g", cpus: 3 } };
  expect(agentSettings({ agents: { defaults: DEFAULTS, entries: { ops: own } } }, "ops")).toMatchObject(expected);
  expect(agentSettings({ agents: { defaults: DEFAULTS, list: [{ id: "ops", ...own }] } }, "ops")).toMatchObject(expected);
  expect(agentSettings({ agents: { defaults: DEFAULTS, entries: { ops: own } } }, "main")).toMatchObject({ access: "rw", binds: ["/a:/a:ro"] });
});

it("of a shared sandbox are nobody's own", () => {
  const own = { sandbox: { scope: "shared", docker: { binds: ["/b:/b"], memory: "1g" } } };
  expect(agentSettings({ agents: { defaults: DEFAULTS, entries: { ops: own } } }, "ops")).toMatchObject({ binds: ["/a:/a:ro"], nativeLimits: { memory: "2g" } });
});
