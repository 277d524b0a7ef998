import { expect, it, onTestFinished, vi } from "vitest";
import { sharedSurface, shareSurface } from "../../src/host/shared.ts";
import { surface } from "../fixtures/surface.ts";

it("is that of the latest instance, and an older one takes nothing away from it", () => {
  const [first, other] = [surface({}), surface({})];
  expect(sharedSurface()).toBeUndefined();
  const unshare = shareSurface(first);
  onTestFinished(unshare);
  expect(sharedSurface()).toBe(first);
  const unshareOther = shareSurface(other);
  onTestFinished(unshareOther);
  unshare();
  expect(sharedSurface()).toBe(other);
  unshareOther();
  expect(sharedSurface()).toBeUndefined();
});

it("is seen by a second evaluation of the module", async () => {
  const own = surface({});
  onTestFinished(shareSurface(own));
  vi.resetModules();
  const copy = await import("../../src/host/shared.ts");
  expect(copy.sharedSurface).not.toBe(sharedSurface);
  expect(copy.sharedSurface()).toBe(own);
});
