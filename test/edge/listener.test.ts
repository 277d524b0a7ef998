import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { probe } from "../../src/edge/http.ts";
import { listenersOf, listening } from "../../src/edge/listener.ts";
import { classify } from "../../src/health/classify.ts";
import { strangerOn } from "../../src/health/stranger.ts";
import type { UnitFacts } from "../../src/model/gateway.ts";

/** Another process that listens at an address, and greets as ssh does. */
async function listener(address: string): Promise<{ readonly pid: number; readonly port: number }> {
  const child = spawn(process.execPath, ["--eval", `const server = require("net").createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.9\\r\\n")).listen(0, ${JSON.stringify(address)}, () => console.log(server.address().port))`], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { pid: child.pid!, port: Number(line.toString()) };
}

const unit: UnitFacts = { name: "openclaw-gateway.service", active: "active", result: "success", pid: process.pid, group: "/user.slice/openclaw-gateway.service", invocation: undefined, exitStatus: undefined, restarts: 0, activeForMs: 3_600_000, port: undefined };

it.each(["127.0.0.1", "0.0.0.0"])("sees who else listens at %s, where an answer is none of a gateway", async (address) => {
  const { pid, port } = await listener(address);
  expect(classify(await probe({ port, tls: false, path: "/healthz", deadlineMs: 5_000 }), port).liveness).toBe("down");
  const sockets = listenersOf(port);
  expect(sockets).toEqual([{ own: true, holders: [{ pid, name: expect.stringMatching(/node|MainThread/) as string, groups: expect.stringContaining("::/") as string }] }]);
  expect(strangerOn(sockets, unit)).toMatch(new RegExp(`^process ${pid} `));
  expect(strangerOn(sockets, { ...unit, pid })).toBeUndefined();
});

it("sees nobody where nobody listens", async () => {
  const { port } = await listener("127.0.0.2");
  expect(listenersOf(port)).toEqual([]);
});

it("reads whose a socket is, and none that only is connected or of another port", () => {
  const line = (local: string, state: string, uid: number, inode: number): string => `   1: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000050fd7962 100 0 0 10 0`;
  const text = ["  sl  local_address rem_address   st", line("0100007F:4965", "0A", 65_534, 5), line("0100007F:4965", "01", 0, 6), line("0100007F:4966", "0A", 0, 7), line("0101A8C0:4965", "0A", 0, 8), line(`${"0".repeat(32)}:4965`, "0A", 0, 9), line("0000000000000000FFFF00000100007F:4965", "0A", 0, 10), line("00000000000000000000000001000000:4965", "0A", 0, 11)].join("\n");
  expect(listening(text, 18_789)).toEqual([{ inode: "5", uid: 65_534 }, { inode: "9", uid: 0 }, { inode: "10", uid: 0 }]);
});
