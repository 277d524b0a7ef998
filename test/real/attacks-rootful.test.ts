import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFortress } from "../../src/fortress.ts";
import { localEdges } from "../../src/host/edges.ts";
import { isOpen } from "../../src/model/check.ts";
import { ensureBusyboxImage } from "../support/busybox-image.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";
import { describeOpen, idsOf } from "../support/verify.ts";
import { type Battlefield, describeAttacks, startBattlefield, STARTS } from "./attacks.suite.ts";

const quiet = { log: () => {} };

describeAttacks("rootful", () => prepareEngine(quiet), undefined, async (engine) => ensureBusyboxImage(engine, await ensureSandboxImage(engine, quiet), quiet));

describe("the isolation suite without fortress", () => {
  let field: Battlefield;
  beforeAll(async () => {
    field = await startBattlefield(await prepareEngine(quiet), { hardened: false });
    Object.assign(process.env, field.gateway.engine.env);
  });
  afterAll(() => field?.dispose());

  it.each(STARTS)("finds what the attack list tells, from $start", async ({ agent, start }) => {
    const { gateway } = field;
    const edges = localEdges(gateway.home, gateway.stateDir, { surroundings: () => ({ inGateway: false, environment: {}, plaintext: [] }), agents: () => ["main", "mono"], onNew: () => {} });
    const all = await edges.engine("podman").sandboxes();
    const container = all.find(({ name, labels }) => name.startsWith(gateway.containerPrefix) && labels["openclaw.sessionKey"]?.startsWith(`agent:${agent}`));
    const examination = await createFortress({}, edges).isolation.examine("podman", container!, { port: gateway.port }, { quick: false });
    const always = [
      ...["resource.memory", "resource.memory-and-swap", "resource.cpus", "resource.pids", "resource.tmpfs-sized", "secrets.no-core-dumps", "privilege.not-host-root", "privilege.no-root", "privilege.user-namespace"],
      ...["syscalls.keyring", "syscalls.tracing", "privilege.no-user-namespace", "sockets.vsock", "privilege.seccomp-hardened", "filesystem.nosuid-nodev", "filesystem.no-staging", "filesystem.dev-closed"],
    ];
    const monolithic = [
      ...["filesystem.nothing-exposed", "guide.credentials", "guide.config-read-only", "guide.no-secrets-env", "secrets.no-gateway-databases", "secrets.no-config-copies", "secrets.no-real-config", "secrets.no-identity", "secrets.no-auth-profiles"],
      ...["secrets.no-state", "secrets.state-directory-closed", "config.nothing-the-gateway-runs", "resource.databases-unlocked"],
    ];
    const open = idsOf(examination, isOpen);
    expect(open, describeOpen(examination)).toEqual(expect.arrayContaining(start === "a monolithic bind" ? [...always, ...monolithic] : always));
    // The README tells what the bind alone gives away.
    if (start !== "a monolithic bind") expect(open.filter((id) => monolithic.includes(id)), describeOpen(examination)).toEqual([]);
  });
});
