import { describe, expect, it } from "vitest";
import { engineFindings, runtimeFinding } from "../../src/posture/engine-says.ts";
import { container } from "../fixtures/container.ts";

const FILTER = { path: "/state/filter.json", text: '{"a": [1]}' };

describe("what the engine says of a sandbox", () => {
  it("makes names of keys in the container's environment a finding", () => {
    expect(engineFindings(container({ envNames: ["PATH", "MY_TOKEN"] }), undefined)).toMatchObject([{ id: "posture.env-secret", detail: expect.stringContaining("MY_TOKEN") as string }]);
  });

  it.each(["OPENAI_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "token", "CLIENT_SECRET"])("takes %s for a key", (name) => {
    expect(engineFindings(container({ envNames: [name] }), undefined)).toHaveLength(1);
  });

  it.each(["LANG", "MAX_TOKENS", "GIT_AUTHOR_NAME", "KEYBOARD", "SECRETARY"])("takes %s for none", (name) => {
    expect(engineFindings(container({ envNames: [name] }), undefined)).toEqual([]);
  });

  it.each([
    ["its path", FILTER.path, 0],
    ["its text, written otherwise", '{"a":[1]}', 0],
    ["another path", "/other.json", 1],
    ["another text", '{"a":[2]}', 1],
    ["none", undefined, 1],
  ])("knows the filter by %s", (_, seccomp, count) => {
    expect(engineFindings(container(seccomp === undefined ? {} : { seccomp }), FILTER)).toHaveLength(count);
  });

  it.each([
    ["runc version 1.1.15+ds1\ncommit: x", true],
    ["runc version 1.2.7", true],
    ["runc version 1.2.8", false],
    ["runc version 1.3.2", true],
    ["runc version 1.3.3", false],
    ["runc version 1.4.0-rc.2", true],
    ["runc version 1.4.0-rc.3", false],
    ["runc version 1.4.0", false],
    ["runc version 1.10.0", false],
    ["runc version 0.1.1", true],
    ["runc version 2.0.0", false],
    ["crun version 1.14", false],
    [undefined, false],
  ])("of a runtime %j is a finding: %s", (version, found) => {
    expect(runtimeFinding("podman", version) !== undefined).toBe(found);
  });
});
