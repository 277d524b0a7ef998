import { expect, it } from "vitest";
import { describeError, FortressError } from "../../src/model/errors.ts";

it("describes an error in one line with its remedy, and keeps its cause", () => {
  const cause = new Error("below");
  const error = new FortressError("engine-failed", "podman ps failed.", "Mend podman.", { cause });
  expect(describeError(error)).toBe("fortress: podman ps failed. Remedy: Mend podman.");
  expect(error).toMatchObject({ name: "FortressError", code: "engine-failed", remedy: "Mend podman.", cause });
});

it.each([
  [new TypeError("not ours"), "not ours"],
  ["text", "text"],
  [undefined, "undefined"],
])("describes what is not ours: %s", (error, text) => {
  expect(describeError(error)).toBe(text);
});
