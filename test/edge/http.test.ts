import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from "node:net";
import { execa } from "execa";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { probe } from "../../src/edge/http.ts";
import { classify } from "../../src/health/classify.ts";
import { tempDir } from "../fixtures/temp.ts";

const LIVE = '{"ok":true,"status":"live"}';

async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => void open.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const http = (listener: RequestListener): Promise<number> => listen(createServer(listener));
const raw = (onConnection: (socket: Socket) => void): Promise<number> => listen(createSocketServer((socket) => void onConnection(socket.on("error", () => {}))));

async function look(port: number, { tls = false, deadlineMs = 10_000 } = {}): Promise<string> {
  return classify(await probe({ port, tls, path: "/healthz", deadlineMs }), port).liveness;
}

it("gets an answer, also a slow one", async () => {
  const port = await http((request, response) => void setTimeout(() => response.end(request.url === "/healthz" && request.method === "GET" ? LIVE : ""), 300));
  expect(await look(port)).toBe("live");
});

it.each([
  ["starting", 503, '{"ok":false,"status":"starting"}'],
  ["draining", 503, '{"ok":false,"status":"draining"}'],
  ["foreign", 200, "<!doctype html>"],
])("gets %s", async (liveness, status, body) => {
  expect(await look(await http((_, response) => void response.writeHead(status).end(body)))).toBe(liveness);
});

it("does not follow a redirect", async () => {
  const port = await http((_, response) => void response.writeHead(302, { location: "/live" }).end());
  expect(await probe({ port, tls: false, path: "/healthz", deadlineMs: 10_000 })).toEqual({ kind: "answer", status: 302, body: "" });
});

it("knows a port where nobody listens", async () => {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await probe({ port, tls: false, path: "/", deadlineMs: 10_000 })).toEqual({ kind: "refused" });
});

it.each<[string, (socket: Socket) => void, string, number?]>([
  ["a connection that is closed", (socket) => void socket.on("data", () => socket.destroy()), "reset"],
  ["an answer that breaks off", (socket) => void socket.on("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")), "reset"],
  ["what is no HTTP", (socket) => void socket.on("data", () => socket.write("SSH-2.0-OpenSSH\r\n")), "reset"],
  ["silence", (socket) => void socket.resume(), "timeout", 400],
  ["a header that never ends", (socket) => void socket.on("data", () => void setInterval(() => socket.writable && socket.write("x"), 20).unref()), "reset|timeout", 400],
])("ends at %s", async (_, onConnection, kinds, deadlineMs = 10_000) => {
  const { kind } = await probe({ port: await raw(onConnection), tls: false, path: "/", deadlineMs });
  expect(kinds.split("|")).toContain(kind);
});

it("ends at the deadline when bytes keep coming", async () => {
  const port = await raw((socket) => void socket.once("data", () => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
    setInterval(() => socket.writable && socket.write("x"), 20).unref();
  }));
  expect(await probe({ port, tls: false, path: "/", deadlineMs: 400 })).toEqual({ kind: "timeout" });
});

it("reads only the beginning of a body without end", async () => {
  const port = await http((_, response) => void response.end("x".repeat(1_000_000)));
  expect(await probe({ port, tls: false, path: "/", deadlineMs: 10_000 })).toEqual({ kind: "answer", status: 200, body: "x".repeat(8_192) });
});

it("asks a gateway that signed its own certificate", async () => {
  const directory = tempDir();
  await execa`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${join(directory, "key")} -out ${join(directory, "cert")} -days 1 -subj /CN=gateway`;
  const port = await listen(createSecureServer({ key: readFileSync(join(directory, "key")), cert: readFileSync(join(directory, "cert")) }, (_, response) => void response.end(LIVE)));
  expect(await look(port, { tls: true })).toBe("live");
  expect(await look(port)).toBe("down");
});
