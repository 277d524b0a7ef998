import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { runHook } from "../../src/edge/hook.ts";
import { runProcess } from "../../src/edge/process.ts";
import { postJson } from "../../src/edge/webhook.ts";
import { tempDir } from "../fixtures/temp.ts";

afterEach(() => vi.unstubAllEnvs());

describe("a program of the operator's", () => {
  const hook = (script: string, message = "hello", deadlineMs = 10_000): Promise<void> => runHook(runProcess, ["/bin/sh", "-c", script], message, deadlineMs);

  it("gets the message on standard input, and no key of the gateway's environment", async () => {
    vi.stubEnv("OPENAI_API_KEY", "canary-1");
    const folder = tempDir();
    await hook(`cat > ${folder}/in; env > ${folder}/env`, "✗ $(id) `id`\nsecond");
    expect(readFileSync(join(folder, "in"), "utf8")).toBe("✗ $(id) `id`\nsecond\n");
    expect(readFileSync(join(folder, "env"), "utf8")).toMatch(/^PATH=/m);
    expect(readFileSync(join(folder, "env"), "utf8")).not.toContain("canary");
  });

  it("gets its arguments as they are", async () => {
    const folder = tempDir();
    const program = join(folder, "my hook");
    writeFileSync(program, `#!/bin/sh\nprintf '%s|' "$@" > ${folder}/args\n`);
    chmodSync(program, 0o700);
    await runHook(runProcess, [program, "a b", "$(id)", "--x"], "hello", 10_000);
    expect(readFileSync(join(folder, "args"), "utf8")).toBe("a b|$(id)|--x|");
  });

  it.each<[string, () => Promise<void>, string]>([
    ["fails", () => hook("echo no route >&2; exit 3"), "sh ended with 3: no route"],
    ["fails without a word", () => hook("exit 1"), "sh ended with 1"],
    ["is not there", () => runHook(runProcess, ["/nonexistent/hook"], "x", 10_000), "hook is not there"],
    ["does not end", () => hook("sleep 60", "x", 300), "sh did not end within 0.3 s"],
  ])("that %s is an error", async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

describe("a webhook", () => {
  async function server(answer: RequestListener): Promise<string> {
    const listening = createServer(answer);
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      listening.closeAllConnections();
      listening.close();
    });
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/canary-path`;
  }

  it("gets the message as JSON", async () => {
    const got: unknown[] = [];
    const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      got.push([request.method, request.url, request.headers["content-type"], JSON.parse(await text(request))]);
      response.writeHead(204).end();
    };
    const address = await server((request, response) => void take(request, response));
    await postJson(address, { text: "✗ ü" }, 10_000);
    expect(got).toEqual([["POST", "/canary-path", "application/json", { text: "✗ ü" }]]);
  });

  it.each<[string, (response: ServerResponse) => void, string, number?]>([
    ["refuses it", (response) => response.writeHead(403).end("canary"), "the webhook answered with status 403"],
    ["sends it elsewhere", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), "the webhook answered with status 302"],
    ["says nothing", () => {}, "the webhook gave no answer within 0.3 s", 300],
    ["breaks off", (response) => response.destroy(), "the webhook can't be reached (ECONNRESET)"],
  ])("that %s is an error, which does not name its address", async (_, answer, message, deadlineMs = 10_000) => {
    const address = await server((_request, response) => void answer(response));
    const error = await postJson(address, { text: "x" }, deadlineMs).catch((thrown: unknown) => thrown as Error);
    expect(String((error as Error).message)).toBe(message);
  });

  it("that is not there is an error", async () => {
    await expect(postJson("http://127.0.0.1:1/", {}, 10_000)).rejects.toThrow("the webhook can't be reached (ECONNREFUSED)");
  });
});
