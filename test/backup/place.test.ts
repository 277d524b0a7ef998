import { expect, it } from "vitest";
import { assertElsewhere, assertPlace, type PlaceFacts } from "../../src/backup/place.ts";
import { errorOf } from "../fixtures/errors.ts";

const NODE = { kind: "directory", mode: 0o700, uid: 1_000, version: "", inode: "", changedMs: 0 } as const;
const facts = (overrides: Partial<PlaceFacts>): PlaceFacts => ({ directory: "/backups/openclaw-1", stateDir: "/home/ada/.openclaw", mounted: [{ path: "/srv/project", what: "a workspace" }], node: NODE, uid: 1_000, ...overrides });

it("is a private directory that nothing else uses, or nothing yet", () => {
  expect(() => assertPlace(facts({}))).not.toThrow();
  expect(() => assertPlace(facts({ node: undefined }))).not.toThrow();
  expect(() => assertPlace(facts({ directory: "/home/ada/.openclaw-backups" }))).not.toThrow();
});

it.each<[string, Partial<PlaceFacts>, RegExp]>([
  ["in the state directory", { directory: "/home/ada/.openclaw/backups" }, /state directory/],
  ["around the state directory", { directory: "/home" }, /state directory/],
  ["in a workspace", { directory: "/srv/project/backups" }, /a workspace/],
  ["around a workspace", { directory: "/srv" }, /a workspace/],
  ["open to a group", { node: { ...NODE, mode: 0o750 } }, /open to others \(mode 0750\)/],
  ["open to all", { node: { ...NODE, mode: 0o1777 } }, /open to others/],
  ["somebody else's", { node: { ...NODE, uid: 0 } }, /belongs to uid 0/],
  ["a file or a link", { node: { ...NODE, kind: "other" } }, /not a directory/],
])("is not %s", (_, overrides, message) => {
  const error = errorOf(() => assertPlace(facts(overrides)));
  expect(error).toMatchObject({ code: "backup-refused", message: expect.stringMatching(message) as string });
  expect(error.message).toContain("backups.directory");
  expect(error.remedy.length).toBeGreaterThan(10);
});

it("is asked of the directory that sets are copied to as well, but not whose that is", () => {
  expect(() => assertElsewhere(facts({ node: { ...NODE, uid: 0, mode: 0o755 } }))).not.toThrow();
  expect(errorOf(() => assertElsewhere(facts({ directory: "/srv/project/copies" }))).message).toContain("backups.afterwards: /srv/project/copies and /srv/project (a workspace, which sandboxes may see)");
});
