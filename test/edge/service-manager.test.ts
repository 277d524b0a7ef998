import { expect, it } from "vitest";
import type { RunProcess } from "../../src/edge/process.ts";
import { createServiceManager } from "../../src/edge/service-manager.ts";

/** A systemctl that knows the given spelling of the option, and what it was asked. */
function systemctl(knows: RegExp) {
  const asked: string[] = [];
  const run: RunProcess = async (command, args) => {
    asked.push([command, ...args].join(" "));
    const odd = args.find((arg) => arg.startsWith("--kill-") && !knows.test(arg));
    return { code: odd === undefined ? 0 : 1, stdout: "", stderr: odd === undefined ? "" : `systemctl: unrecognized option '${odd}'`, timedOut: false, missing: false };
  };
  return { asked, manager: createServiceManager(run) };
}

const KILL = "systemctl --user --no-pager kill --signal=SIGKILL";

it.each<[string, RegExp, boolean, string[]]>([
  ["since version 252", /^--kill-whom=main$/, true, [`${KILL} --kill-whom=main g.service`]],
  ["before", /^--kill-who=main$/, true, [`${KILL} --kill-whom=main g.service`, `${KILL} --kill-who=main g.service`]],
  ["not at all", /^$/, false, [`${KILL} --kill-whom=main g.service`, `${KILL} --kill-who=main g.service`]],
])("kills the main process by the word that systemctl knows %s, and says whether", async (_, knows, done, expected) => {
  const { asked, manager } = systemctl(knows);
  expect([await manager.kill("g.service"), asked]).toEqual([done, expected]);
});
