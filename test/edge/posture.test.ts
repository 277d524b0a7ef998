import { describe, expect, it } from "vitest";
import { createPostureEdge } from "../../src/edge/posture.ts";
import type { ProcessResult } from "../../src/edge/process.ts";

const OK: ProcessResult = { code: 0, stdout: "", stderr: "", timedOut: false, missing: false };
const MINUTE = 60_000;

function edgeWith(...results: Partial<ProcessResult>[]) {
  const clock = { now: 0 };
  const asked: string[] = [];
  const edge = createPostureEdge("/nowhere", 0, async (command, args) => {
    asked.push([command, ...args].join(" "));
    return { ...OK, ...results[asked.length - 1] };
  }, () => clock.now);
  return { clock, asked, version: (program?: string) => edge.runtimeVersion("podman", program) };
}

describe("the version of the runtime", () => {
  it("is asked of the program once for all sandboxes", async () => {
    const { asked, version } = edgeWith({ stdout: "runc version 1.1.5\n" });
    expect(await Promise.all([version("/usr/bin/runc"), version("/usr/bin/runc")])).toEqual(["runc version 1.1.5", "runc version 1.1.5"]);
    expect(asked).toEqual(["/usr/bin/runc --version"]);
  });

  it("is asked of the engine where the program is not seen", async () => {
    const { asked, version } = edgeWith({ stdout: "crun version 1.8.1\n" });
    expect(await version()).toBe("crun version 1.8.1");
    expect(asked).toEqual(["podman info --format {{.Host.OCIRuntime.Version}}"]);
  });

  it("that nobody said is asked for again", async () => {
    const { version } = edgeWith({ code: 1 }, { stdout: "runc version 1.3.3\n" });
    expect(await version("/usr/bin/runc")).toBeUndefined();
    expect(await version("/usr/bin/runc")).toBe("runc version 1.3.3");
  });

  it("is seen after an update without a restart of the gateway", async () => {
    const { clock, version } = edgeWith({ stdout: "runc version 1.1.5\n" }, { stdout: "runc version 1.3.3\n" });
    await version("/usr/bin/runc");
    clock.now = 5 * MINUTE;
    expect(await version("/usr/bin/runc")).toBe("runc version 1.1.5");
    clock.now += 1;
    expect(await version("/usr/bin/runc")).toBe("runc version 1.3.3");
  });
});
