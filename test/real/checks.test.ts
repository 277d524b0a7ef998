import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFortress, type Fortress } from "../../src/fortress.ts";
import { localEdges } from "../../src/host/edges.ts";
import { CATALOG } from "../../src/isolation/catalog.ts";
import type { CheckResult, Examination } from "../../src/model/check.ts";
import { describeAttempts } from "../isolation/attempts.suite.ts";
import { FAKED_CALLS, FAKED_OUTSIDE } from "../support/counterparts.ts";
import { ensureBusyboxImage } from "../support/busybox-image.ts";
import type { Engine } from "../support/engine.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";
import { startWeakened, type Weakened } from "../support/weakened.ts";

const quiet = { log: () => {} };

const IMAGES = [
  { tools: "Debian's tools", imageOf: (engine: Engine) => ensureSandboxImage(engine, quiet), checks: CATALOG },
  { tools: "busybox", imageOf: async (engine: Engine) => ensureBusyboxImage(engine, await ensureSandboxImage(engine, quiet), quiet), checks: CATALOG.filter(({ where }) => where === "inside") },
];

describe.each(IMAGES)("the checks on containers that are careless, with $tools", ({ imageOf, checks }) => {
  let engine: Engine;
  let weakened: Weakened;
  const seen: Examination[] = [];

  beforeAll(async () => {
    engine = await prepareEngine(quiet);
    Object.assign(process.env, engine.env);
    weakened = await startWeakened(engine, await imageOf(engine));
    const edges = localEdges(weakened.home, weakened.stateDir, { surroundings: () => ({ inGateway: false, environment: {}, plaintext: [] }), agents: () => ["main"], onNew: () => {} });
    const fortress: Fortress = createFortress({}, edges);
    for (const name of weakened.containers) {
      const container = await edges.engine("podman").inspect(name);
      seen.push(await fortress.isolation.examine("podman", container!, { port: weakened.port }, { checks: checks.map(({ id }) => id), quick: false }));
    }
  });
  afterAll(() => weakened?.[Symbol.asyncDispose]());

  it("fail, every one of them, somewhere", () => {
    const failed = (id: string): boolean => seen.some(({ results }) => results.some((result: CheckResult) => result.id === id && result.state === "fail"));
    const faked = [...Object.keys(FAKED_OUTSIDE), ...Object.keys(FAKED_CALLS)];
    expect(checks.map(({ id }) => id).filter((id) => !failed(id) && !faked.includes(id))).toEqual([]);
  });
});

describeAttempts("busybox", ["/bin/busybox", "sh"]);
