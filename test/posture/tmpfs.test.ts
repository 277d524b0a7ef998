import { describe, expect, it } from "vitest";
import { planTmpfs } from "../../src/posture/tmpfs.ts";

const SIZE = 4096;
const DEFAULTS = ["/tmp", "/var/tmp", "/run"];
const SAFE = "rw,noexec,nosuid,nodev,size=4096";

describe("file systems in memory", () => {
  it("have a size and no programs, devices or setuid; HOME may hold programs", () => {
    expect(planTmpfs("podman", DEFAULTS, SIZE)).toEqual([`/tmp:${SAFE}`, `/var/tmp:${SAFE}`, "/home/agent:rw,exec,nosuid,nodev,size=4096"]);
  });

  it("include /run for Docker; Podman refuses one there and mounts its own", () => {
    expect(planTmpfs("docker", DEFAULTS, SIZE)).toContain("/run:rw,noexec,nosuid,nodev,size=67108864");
    expect(planTmpfs("podman", ["/run:size=1m", "/run/"], SIZE).join()).not.toContain("/run");
  });

  it("are there although the operator lists none", () => {
    expect(planTmpfs("docker", [], SIZE).map((each) => each.split(":")[0])).toEqual(["/tmp", "/var/tmp", "/home/agent"]);
  });

  it.each([
    ["/scratch", `/scratch:${SAFE}`],
    ["/scratch/:ro,size=9m", "/scratch:ro,size=9m,noexec,nosuid,nodev"],
    ["/tmp:exec,size=2g", "/tmp:exec,size=2g,rw,nosuid,nodev"],
    ["/tmp:dev,suid", "/tmp:dev,suid,rw,noexec,size=4096"],
    ["/home/agent", "/home/agent:rw,exec,nosuid,nodev,size=4096"],
    ["/home/agent:noexec", "/home/agent:noexec,rw,nosuid,nodev,size=4096"],
  ])("of the operator's %s keep what is said and get what is missing", (asked, planned) => {
    const all = planTmpfs("podman", [asked], SIZE);
    expect(all).toContain(planned);
    expect(new Set(all.map((each) => each.split(":")[0])).size).toBe(all.length);
  });
});
