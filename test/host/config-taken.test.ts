import { describe, expect, it } from "vitest";
import { watchConfigTaken } from "../../src/host/config-taken.ts";

describe("watchConfigTaken", () => {
  const file = { section: { config: { limits: { pids: 1 } } } as unknown, age: 0, unreadable: false };
  const source = {
    section: () => {
      if (file.unreadable) throw new Error("EACCES");
      return file.section;
    },
    age: () => file.age,
  };

  it.each([
    ["what it was made from", { config: { limits: { pids: 1 } } }, 100_000, []],
    ["another one, a moment ago", { config: { limits: { pids: 2 } } }, 59_000, []],
    ["another one, for a minute", { config: { limits: { pids: 2 } } }, 60_000, ["host.config-not-taken"]],
    ["none any more, for a minute", undefined, 60_000, ["host.config-not-taken"]],
  ])("tells that the file says %s", (_, section, age, ids) => {
    Object.assign(file, { section: { config: { limits: { pids: 1 } } }, unreadable: false });
    const findings = watchConfigTaken(source);
    Object.assign(file, { section, age });
    expect(findings().map(({ id }) => id)).toEqual(ids);
  });

  it("tells nothing of a file that cannot be read, before or after", () => {
    Object.assign(file, { section: 1, age: 100_000, unreadable: false });
    const findings = watchConfigTaken(source);
    Object.assign(file, { section: 2, unreadable: true });
    expect(findings()).toEqual([]);

    const late = watchConfigTaken(source);
    file.unreadable = false;
    expect(late()).toEqual([]);
  });
});
