import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createNotifier } from "../../src/flows/notify.ts";
import { notifyEdges } from "../../src/host/notify-edges.ts";
import { tempDir } from "../fixtures/temp.ts";

const CHANNEL = { channel: "telegram", to: "123" };

function edges(notify: unknown, byChannel?: Parameters<typeof notifyEdges>[0]["byChannel"], rest: object = {}) {
  const stateDir = tempDir();
  return { stateDir, ...notifyEdges({ home: "/home/ada", stateDir, pluginConfig: notify === undefined ? undefined : { notify, ...rest }, mask: (data) => data, ...(byChannel && { byChannel }) }) };
}

describe("the ways of a process", () => {
  const send = async (): Promise<void> => {};
  it.each<[string, unknown, typeof send | undefined, string[]]>([
    ["nothing is configured", undefined, send, []],
    ["everything is, and the gateway can be asked", { channel: CHANNEL, command: ["/bin/cat"], webhook: "https://x/y" }, send, ["channel", "command", "webhook"]],
    ["everything is, and the gateway can't", { channel: CHANNEL, command: ["/bin/cat"], webhook: "https://x/y" }, undefined, ["command", "webhook"]],
    ["only a channel is, and the gateway can't be asked", { channel: CHANNEL }, undefined, []],
  ])("where %s", (_, notify, byChannel, kinds) => {
    expect(edges(notify, byChannel).routes().map(({ kind }) => kind)).toEqual(kinds);
  });

  it("are none to be told by where none is configured, whatever else is", () => {
    expect([edges(undefined).settings(), edges({ perHour: 3 }).settings(), edges({ perHour: 3, channel: CHANNEL }).settings()]).toEqual([undefined, undefined, { perHour: 3 }]);
  });

  it("are there although something else is wrong in the configuration", () => {
    expect(edges({ command: ["/bin/cat"] }, undefined, { limits: { memory: "8gb" } }).settings()).toEqual({ perHour: 6 });
  });

  it("hand the channel the operator's choice and the message", async () => {
    const byChannel = vi.fn(send);
    await edges({ channel: { ...CHANNEL, accountId: "ops" } }, byChannel).routes()[0]!.send({ id: "i", text: "t" });
    expect(byChannel.mock.calls).toEqual([[{ ...CHANNEL, accountId: "ops" }, { id: "i", text: "t" }]]);
  });
});

it("runs a real program with a real message", async () => {
  const folder = tempDir();
  const notifier = createNotifier(edges({ command: ["/bin/sh", "-c", `cat > ${folder}/got`] }));
  await notifier.observe([{ id: "a.b", severity: "critical", detail: "Bad.", remedy: "Mend it." }], true);
  expect([readFileSync(join(folder, "got"), "utf8").split("\n").slice(1), notifier.findings()]).toEqual([["✗ Bad.", "  → Mend it.", ""], []]);
});
