import { expect, it, vi } from "vitest";
import { createFollowEvents } from "../../src/edge/engine-events.ts";
import type { Follower } from "../../src/edge/process.ts";

const ID = "c".repeat(64);

/** What comes of these lines. */
function eventsOf(...lines: string[]) {
  let follower: Follower | undefined;
  const follow = vi.fn((_command: string, _args: readonly string[], given: Follower) => {
    follower = given;
    return { stop: () => {}, stalled: () => false };
  });
  const event = vi.fn();
  createFollowEvents(follow, () => 1_000)("podman", { event, ended: () => {} });
  for (const line of lines) follower!.line(line);
  return { follow, events: event.mock.calls.map(([each]) => each as unknown) };
}

it("asks for sandboxes only, in a form that both engines know", () => {
  expect(eventsOf().follow).toHaveBeenCalledExactlyOnceWith("podman", ["events", "--since", "1970-01-01T00:00:01.000Z", "--filter", "type=container", "--filter", "label=openclaw.sandbox=1", "--format", "{{json .}}"], expect.anything());
});

it.each([
  ["Podman", `{"ID":"${ID}","Image":"i","Name":"n","Status":"update","time":1,"Type":"container","Attributes":{}}`],
  ["Docker", `{"status":"update","id":"${ID}","Type":"container","Action":"update","Actor":{"ID":"${ID}","Attributes":{"name":"n"}},"time":1}`],
])("understands %s", (_, line) => {
  expect(eventsOf(line).events).toEqual([{ id: ID, what: "update" }]);
});

it.each([
  ["Podman", `{"ID":"${ID}","Status":"start","Attributes":{"openclaw.sessionKey":"agent:main"}}`],
  ["Docker", `{"Action":"start","Actor":{"ID":"${ID}","Attributes":{"openclaw.sessionKey":"agent:main","name":"n"}}}`],
])("knows for whom a sandbox of %s is", (_, line) => {
  expect(eventsOf(line).events).toEqual([{ id: ID, what: "start", scope: "agent:main" }]);
});

it.each([
  ["labels of another kind", `{"ID":"${ID}","Status":"start","Attributes":{"openclaw.sessionKey":7}}`],
  ["none", `{"ID":"${ID}","Status":"start","Attributes":null}`],
])("is not misled by %s", (_, line) => {
  expect(eventsOf(line).events).toEqual([{ id: ID, what: "start" }]);
});

it.each([
  ["a command of an agent", `{"ID":"${ID}","Status":"exec"}`],
  ["a command of an agent, by Docker", `{"Actor":{"ID":"${ID}"},"Action":"exec_create: sh -lc ls"}`],
  ["its end", `{"ID":"${ID}","Status":"exec_died"}`],
  ["a short id", '{"ID":"cccc","Status":"update"}'],
  ["no id", '{"Status":"update"}'],
  ["no event", "null"],
  ["a warning", "time=... level=warning"],
  ["an empty line", ""],
])("says nothing of %s", (_, line) => {
  expect(eventsOf(line).events).toEqual([]);
});
