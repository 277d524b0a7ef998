import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answers, ATTACKS, describeAnswers, withVerdict } from "../support/attacks/battery.ts";
import { targetOf } from "../support/attacks/row.ts";
import { attackWeakened } from "../support/attacks/weakened.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";
import { type Battlefield, describeAttacks, startBattlefield, STARTS } from "./attacks.suite.ts";

const quiet = { log: () => {} };

describeAttacks("rootful", () => prepareEngine(quiet));

describe("the attack list without fortress", () => {
  const seen: Answers[] = [];
  let field: Battlefield;
  beforeAll(async () => {
    field = await startBattlefield(await prepareEngine(quiet), { hardened: false });
  });
  afterAll(() => field?.dispose());

  it.each(STARTS)("finds what the list tells, from $start", async ({ agent, start }) => {
    const answers = await field.attack(agent);
    seen.push(answers);
    const always = ["RES-01", "RES-03", "RES-04", "RES-05", "SEC-13", "SEC-14", "PRIV-03", "PRIV-04", "PRIV-05", "PRIV-07", "PRIV-16", "FS-05", "FS-07", "FS-08", "HCD-11"];
    const monolithic = ["FS-02", "SEC-01", "SEC-02", "SEC-03", "SEC-04", "CFG-01", "CFG-03", "RES-13"];
    const expected = start === "a monolithic bind" ? [...always, ...monolithic] : always;
    expect(withVerdict(answers, "FAIL"), describeAnswers(answers)).toEqual(expect.arrayContaining(expected));
  });

  it("can fail in every attack: what holds there too does not in a container that is wide open", async () => {
    const engine = await prepareEngine(quiet);
    const { gateway, home, runtimeVersion } = field;
    const weakened = await attackWeakened(engine, await ensureSandboxImage(engine, quiet), targetOf(gateway, home.canary), runtimeVersion);
    const never = ATTACKS.filter((id) => [...seen, weakened].every((answers) => (answers.get(id)?.verdict ?? "HELD") === "HELD"));
    expect(never).toEqual([]);
  });
});
