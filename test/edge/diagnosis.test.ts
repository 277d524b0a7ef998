import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { observeMachine } from "../../src/edge/diagnosis.ts";
import { tempDir } from "../fixtures/temp.ts";

async function portInUse(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

it("keeps what the machine says of a process, its port, the disk and the memory", async () => {
  expect(observeMachine(tempDir(), process.pid, await portInUse())).toMatchObject({
    process: { status: expect.arrayContaining([expect.stringMatching(/^State: \S/), expect.stringMatching(/^VmRSS: \d+ kB$/)]) as string[] },
    port: { pid: process.pid, name: expect.any(String) as string },
    disk: { freeBytes: expect.any(Number) as number, freeInodes: expect.toSatisfy((free: unknown) => typeof free === "number" || free === "unlimited") as number },
    memory: [expect.stringMatching(/^MemTotal: \d+ kB$/), expect.stringMatching(/^MemAvailable: \d+ kB$/), expect.stringMatching(/^SwapFree: \d+ kB$/)],
    load: expect.stringMatching(/^\d+\.\d+ /) as string,
  });
});

it("says what is not there", () => {
  expect(observeMachine("/nonexistent", 4_194_300, 1)).toMatchObject({ process: "gone", port: "nobody listens", disk: undefined });
  expect(observeMachine(tempDir(), 0, 1)).toMatchObject({ process: "none" });
});

it("keeps no command line and no environment", async () => {
  const kept = JSON.stringify(observeMachine(tempDir(), process.pid, await portInUse()));
  for (const word of [...process.argv, ...Object.values(process.env)]) if (word && word.length >= 12) expect(kept).not.toContain(word);
});
