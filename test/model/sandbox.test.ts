import { expect, it } from "vitest";
import { agentOf } from "../../src/model/sandbox.ts";

it.each([
  ["agent:main", "main"],
  ["agent:main:main", "main"],
  ["agent:ops-2:telegram:group:7", "ops-2"],
  ["agent:a.b_c", "a.b_c"],
  ["shared", undefined],
  ["", undefined],
  [undefined, undefined],
  ["agent:", undefined],
  ["agent::main", undefined],
  ["xagent:main", undefined],
  ["agent:../main", undefined],
  // Not a prefix of another agent's id: that agent's files and secrets would be handed out.
  ["agent:main/../ops", undefined],
  ["agent:main ops", undefined],
  ["agent:mäin", undefined],
])("the agent of %j is %j", (key, agent) => {
  expect(agentOf(key)).toBe(agent);
});
