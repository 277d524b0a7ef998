import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CounterFile, counterFile } from "../../src/edge/counter-file.ts";
import { createNotifier, type NotifyEdges } from "../../src/flows/notify.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Route } from "../../src/model/notice.ts";
import { tempDir } from "../fixtures/temp.ts";

const BAD: Finding = { id: "a.b", severity: "critical", detail: "Bad.", remedy: "Mend it." };

/** Ways that fail as long as they are named in `down`, and a state on the real disk. */
function world(kinds: readonly Route["kind"][] = ["channel", "command"], overrides: Partial<NotifyEdges> = {}) {
  const path = join(tempDir(), "fortress/notify.json");
  const state = { now: new Date("2026-05-01T03:00:00Z"), down: new Set<string>(), ids: 0 };
  const got: string[] = [];
  const sent: string[] = [];
  const edges: NotifyEdges = {
    state: counterFile(path, 5_000),
    now: () => state.now,
    newId: () => `id${(state.ids += 1)}`,
    where: "host1",
    settings: () => ({ perHour: 6 }),
    routes: () =>
      kinds.map((kind) => ({
        kind,
        async send({ id, text }) {
          sent.push(`${kind} ${id}`);
          if (state.down.has(kind)) throw new Error(`the ${kind} is down, and its key is canary-1`);
          got.push(`${kind}: ${text.split("\n").slice(1).join("|")}`);
        },
      })),
    mask: (data) => JSON.parse(JSON.stringify(data).replaceAll("canary-1", "[secret]")) as typeof data,
    ...overrides,
  };
  const pass = (minutes: number): void => void (state.now = new Date(state.now.getTime() + minutes * 60_000));
  return { path, state, got, sent, edges, pass, notifier: createNotifier(edges) };
}

describe("the operator", () => {
  it("is told of what turned critical by the best way, once, and that it is over", async () => {
    const { notifier, got, pass } = world();
    await notifier.observe([BAD, { ...BAD, severity: "warn", detail: "Not so bad." }], true);
    await notifier.observe([BAD], true);
    for (const minutes of [5, 5]) {
      pass(minutes);
      await notifier.observe([], true);
    }
    expect(got).toEqual(["channel: ✗ Bad.|  → Mend it.", "channel: ✓ No longer: Bad."]);
    expect(notifier.findings()).toEqual([]);
  });

  it("costs no write to the disk where there is nothing to tell", async () => {
    const { notifier, path } = world();
    await notifier.observe([BAD], true);
    const { ino, ctimeMs } = statSync(path);
    await notifier.observe([BAD], true);
    expect(statSync(path)).toMatchObject({ ino, ctimeMs });
  });

  it("is told by the next way where the best one fails", async () => {
    const { notifier, got, sent, state } = world();
    state.down.add("channel");
    await notifier.observe([BAD], true);
    expect([sent, got, notifier.findings()]).toEqual([["channel id1", "command id1"], ["command: ✗ Bad.|  → Mend it."], []]);
  });

  it("is told by several processes together only once", async () => {
    const { edges, got } = world();
    await Promise.all(Array.from({ length: 5 }, () => createNotifier(edges).observe([BAD], true)));
    expect(got).toHaveLength(1);
  });

  it("is told of events, good and bad", async () => {
    const { notifier, got } = world(["command"]);
    await notifier.tell({ detail: "It was restarted.", remedy: "" });
    await notifier.tell({ detail: "It answers again.", remedy: "", good: true });
    expect(got).toEqual(["command: ✗ It was restarted.", "command: ✓ It answers again."]);
  });

  it("gets no value of a secret, and none is kept", async () => {
    const { notifier, got, path, state } = world(["command"]);
    state.down.add("command");
    await notifier.observe([{ ...BAD, detail: "canary-1 is there." }], true);
    await notifier.tell({ detail: "with canary-1", remedy: "canary-1" });
    expect(readFileSync(path, "utf8")).toMatch(/\[secret\] is there.*with \[secret\]/s);
    expect(readFileSync(path, "utf8") + JSON.stringify([got, notifier.findings()])).not.toContain("canary");
  });

  it("who wants to be told of nothing is told of nothing, and nothing is kept", async () => {
    const { notifier, sent } = world(undefined, { settings: () => undefined, state: { read: () => "", write: () => expect.unreachable(), exclusively: () => expect.unreachable() } });
    await notifier.observe([BAD], true);
    await notifier.tell({ detail: "x", remedy: "" });
    expect([sent, notifier.findings()]).toEqual([[], []]);
  });

  it("is told of nothing where it is not known by whom, which others say", async () => {
    const { notifier, sent } = world(undefined, { settings: () => { throw new Error("config is wrong"); } });
    await notifier.observe([BAD], true);
    expect([sent, notifier.findings()]).toEqual([[], []]);
  });
});

describe("a process that has no way", () => {
  it("leaves it to one that has, and does not count that as a failure", async () => {
    const outside = world([]);
    await outside.notifier.tell({ detail: "It was restarted.", remedy: "" });
    expect(outside.notifier.findings()).toEqual([]);
    const got: string[] = [];
    outside.pass(30);
    const gateway = createNotifier({ ...outside.edges, routes: () => [{ kind: "channel", send: async ({ id, text }) => void got.push(`${id} ${text}`) }] });
    await gateway.observe([], true);
    expect(got).toEqual(["id1 fortress on host1:\n✗ It was restarted."]);
  });
});

describe("a message that does not get there", () => {
  it("is tried a few times, is a finding meanwhile and after that, and no more once one got there", async () => {
    const { notifier, sent, state, pass, got } = world(["command"]);
    state.down.add("command");
    for (let round = 0; round < 40; round += 1) {
      await notifier.observe([BAD], true);
      expect(notifier.findings()).toMatchObject([{ id: "notify.failed", severity: "warn", detail: expect.stringContaining("command: the command is down, and its key is [secret]") as string }]);
      pass(5);
    }
    expect(sent).toEqual(["command id1", "command id1", "command id1"]);
    state.down.clear();
    await notifier.tell({ detail: "More.", remedy: "" });
    expect([got, notifier.findings()]).toEqual([["command: ✗ More."], []]);
  });

  /** A state that says what was kept, and keeps nothing more. */
  function full(kept: string | undefined) {
    const disk = { full: true, text: kept };
    const state: CounterFile = {
      read: () => disk.text,
      write(text) {
        if (disk.full) throw new Error("ENOSPC: no space left on device, write");
        disk.text = text;
      },
      exclusively: (action) => action(),
    };
    return { disk, ...world(["command"], { state }) };
  }

  it("is an event that is told at once where no state can be kept, and says so", async () => {
    const { notifier, got, disk } = full(undefined);
    await notifier.tell({ detail: "It was restarted.", remedy: "" });
    expect([got, disk.text]).toEqual([["command: ✗ It was restarted."], undefined]);
    expect(notifier.findings()).toMatchObject([{ id: "notify.failed", detail: expect.stringMatching(/can't be kept.*ENOSPC/) as string }]);
  });

  it("is bound to the same rate where no state can be kept", async () => {
    const { notifier, got } = full(undefined);
    for (let each = 0; each < 20; each += 1) await notifier.tell({ detail: "More.", remedy: "" });
    expect(got).toHaveLength(6);
  });

  it("is one of a process that stays where no state can be kept: another, at every start, would tell the same for ever", async () => {
    const { notifier, edges, got, disk, pass } = full(undefined);
    for (let each = 0; each < 10; each += 1) await createNotifier(edges).observe([BAD], false);
    expect(got).toEqual([]);
    for (let each = 0; each < 5; each += 1) {
      await notifier.observe([BAD], true);
      pass(5);
    }
    expect(got).toEqual(["command: ✗ Bad.|  → Mend it."]);
    disk.full = false;
    await notifier.observe([BAD], true);
    expect([got.length, notifier.findings()]).toEqual([1, []]);
    await createNotifier(edges).observe([BAD], true);
    expect(got).toHaveLength(1);
  });

  it("is tried again by the same process where no state can be kept", async () => {
    const { notifier, got, sent, state, pass, disk } = full(undefined);
    state.down.add("command");
    await notifier.tell({ detail: "It was restarted.", remedy: "" });
    state.down.clear();
    pass(6);
    disk.full = false;
    await notifier.observe([], true);
    expect([sent, new Set(sent).size, got, notifier.findings()]).toEqual([[expect.any(String), expect.any(String)], 1, ["command: ✗ It was restarted."], []]);
  });

  it("leaves what was queued before to when it can be kept again, so that no process tells it twice", async () => {
    const before = world([]);
    await before.notifier.tell({ detail: "Before.", remedy: "" });
    const { notifier, got, disk } = full(readFileSync(before.path, "utf8"));
    await notifier.tell({ detail: "Now.", remedy: "" });
    expect(got).toEqual(["command: ✗ Now."]);
    disk.full = false;
    await notifier.observe([], true);
    expect(got).toEqual(["command: ✗ Now.", "command: ✗ Before."]);
  });

  it("is told also where there is no place for the state, and says so", async () => {
    const { path, edges, sent } = world(["command"]);
    mkdirSync(join(path, ".."), { recursive: true });
    mkdirSync(path);
    const notifier = createNotifier(edges);
    await notifier.observe([BAD], true);
    expect([sent, notifier.findings().map(({ id }) => id)]).toEqual([[], ["notify.failed"]]);
    await notifier.tell({ detail: "It was restarted.", remedy: "" });
    expect(sent).toHaveLength(1);
  });

  it("is told once more rather than never where what was told is damaged", async () => {
    const { notifier, path, got } = world(["command"]);
    await notifier.observe([BAD], true);
    chmodSync(path, 0o600);
    writeFileSync(path, "{");
    await notifier.observe([BAD], true);
    expect(got).toHaveLength(2);
  });
});
