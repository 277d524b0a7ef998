import { describe, expect, it } from "vitest";
import { mayRead, mayWrite, planUser } from "../../src/posture/user.ts";
import { type FactOverrides, postureFacts } from "../fixtures/posture.ts";

const ROOT = { uid: 0, gid: 0 };
const NOBODY = { user: "65532:65532", handOver: { uid: 65_532, gid: 65_532 }, refusals: [] };
const KEPT = (user: string | undefined) => ({ user, handOver: undefined, refusals: [] });

describe("who a sandbox runs as", () => {
  it.each<[string, FactOverrides, unknown]>([
    ["whom OpenClaw asks for", { request: { user: "1000:1000" } }, KEPT("1000:1000")],
    ["whom the operator names", { request: { user: "sandbox" } }, KEPT("sandbox")],
    ["the workspace's owner, rootless", {}, KEPT("1000:1000")],
    ["the workspace's owner, as root", { gatewayUid: 0 }, KEPT("1000:1000")],
    ["the workspace's owner, by Docker", { request: { engine: "docker", user: "0:0" } }, KEPT("1000:1000")],
    ["nobody else's uid where root owns the workspace", { gatewayUid: 0, owner: ROOT }, NOBODY],
    ["the same by Docker, which OpenClaw tells to use root", { gatewayUid: 0, owner: ROOT, request: { engine: "docker", user: "0:0" } }, NOBODY],
    ["the same where root was named", { gatewayUid: 0, owner: ROOT, request: { user: "root" } }, NOBODY],
    ["the same for a root with another group", { gatewayUid: 0, owner: ROOT, request: { user: "00:1000" } }, NOBODY],
    ["the same once it was handed over, for what the gateway adds", { gatewayUid: 0, owner: NOBODY.handOver, request: { user: NOBODY.user } }, NOBODY],
    ["nobody, without giving what is only read", { gatewayUid: 0, owner: ROOT, request: { workspaceAccess: "ro" } }, KEPT(NOBODY.user)],
    ["nobody, where only root could give the workspace", { owner: ROOT, request: { engine: "docker", user: "0:0" } }, KEPT(NOBODY.user)],
    ["the rootless engine's own choice where root owns the workspace", { owner: ROOT }, KEPT(undefined)],
    ["the rootless engine's own choice where root's group has the workspace", { owner: { uid: 1000, gid: 0 } }, KEPT(undefined)],
    ["nobody where the owner is not known", { gatewayUid: 0, owner: undefined }, NOBODY],
    ["the configured one, with the workspace", { gatewayUid: 0, owner: ROOT, config: { user: "2000" } }, { user: "2000:2000", handOver: { uid: 2000, gid: 2000 }, refusals: [] }],
    ["the configured one, over what OpenClaw asks for", { config: { user: "2000:3000" }, request: { user: "1000:1000" } }, KEPT("2000:3000")],
  ])("is %s", (_, overrides, expected) => {
    // `owner: undefined` must not fall back to the fixture's.
    expect(planUser({ ...postureFacts(overrides), ...("owner" in overrides ? { owner: overrides.owner } : {}) })).toEqual(expected);
  });
});

describe("a workspace outside the state directory", () => {
  const plan = (overrides: FactOverrides) => planUser(postureFacts({ gatewayUid: 0, ownWorkspace: false, ...overrides }));

  it("that root owns is not given away: the sandbox is refused, with the command that gives it", () => {
    const { handOver, refusals } = plan({ owner: ROOT });
    expect(handOver).toBeUndefined();
    expect(refusals).toMatchObject([{ because: expect.stringContaining("/ws does not belong to uid 65532") as string, remedy: expect.stringContaining("chown -R 65532:65532 /ws") as string }]);
  });

  it.each<[string, FactOverrides]>([
    ["was given by the operator", { owner: NOBODY.handOver, request: { user: NOBODY.user } }],
    ["is only read", { owner: ROOT, request: { workspaceAccess: "ro" } }],
    ["is another user's, as whom the sandbox then runs", { owner: { uid: 7, gid: 7 } }],
  ])("that %s is used as it is", (_, overrides) => {
    expect(plan(overrides)).toMatchObject({ handOver: undefined, refusals: [] });
  });
});

describe("a folder", () => {
  it.each([
    [1, 0o700, true], [1, 0o600, false], [1, 0o400, false], [2, 0o755, true], [2, 0o700, false], [2, 0o754, false], [2, 0o750, false], [1, 0o055, false],
  ])("of uid %d with mode %o is open to uid 1: %s", (uid, mode, open) => {
    expect(mayRead(1, { uid, gid: 1, mode })).toBe(open);
  });

  it.each([[1, 0o700, true], [1, 0o500, false], [1, 0o077, false], [2, 0o777, true], [2, 0o775, false]])("of uid %d with mode %o may be written by uid 1: %s", (uid, mode, open) => {
    expect(mayWrite(1, { uid, gid: 1, mode })).toBe(open);
  });
});
