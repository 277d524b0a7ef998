import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { DEVELOPER, ensureSandboxImage } from "../support/image.ts";
import { type ScriptedModel, startScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

/** What agents do all day; none of it may notice the posture. */
describe("ordinary work in a hardened sandbox", () => {
  let model: ScriptedModel;
  let gateway: Gateway;

  beforeAll(async () => {
    const log = (line: string): void => console.log(line);
    const engine = await prepareEngine({ log });
    const image = await ensureSandboxImage(engine, { log, kind: DEVELOPER });
    model = await startScriptedModel();
    gateway = await startGateway({ engine, model, pluginDir: PLUGIN_DIR, sandbox: () => ({ docker: { image } }) });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
  });

  /** Runs a script that ends at its first failing command; returns what it printed. */
  async function work(...lines: readonly string[]): Promise<string> {
    // OpenClaw refuses interpreters among other commands, which it can't look into; a file it runs.
    await gateway.tool("write", { path: "/workspace/work.sh", content: ["set -e; cd /workspace", ...lines, "echo DONE"].join("\n") });
    return gateway.exec("sh /workspace/work.sh");
  }

  it("has the hardened posture in which this is tried", async () => {
    expect(await work("grep Seccomp: /proc/self/status", "python3 -c 'import ctypes; print(\"unshare\", ctypes.CDLL(None).unshare(0x10000000))'")).toMatch(/Seccomp:\t2[^]*unshare -1[^]*DONE/);
  });

  it("builds and runs C, statically and with a library of its own", async () => {
    const output = await work(
      "mkdir -p c && cd c",
      `printf '#include <stdio.h>\\nint greet(void) { return puts("hello from a library"); }\\n' > greet.c`,
      `printf 'int greet(void);\\nint main(void) { return greet() < 0; }\\n' > main.c`,
      "gcc -shared -fPIC -o libgreet.so greet.c && gcc main.c -L. -lgreet -Wl,-rpath,. -o shared && ./shared",
      `printf 'all:\\n\\tgcc -static -pthread main.c greet.c -o static\\n' > Makefile && make && ./static`,
    );
    expect(output.match(/hello from a library/g)).toHaveLength(2);
    expect(output).toContain("DONE");
  });

  it("builds, runs and tests Go, where programs are started from the temporary directory", async () => {
    const output = await work(
      "mkdir -p go && cd go && [ -f go.mod ] || go mod init example.com/hello",
      `printf 'package main\\nimport "fmt"\\nfunc Add(a, b int) int { return a + b }\\nfunc main() { c := make(chan int); go func() { c <- Add(40, 2) }(); fmt.Println("hello", <-c) }\\n' > main.go`,
      `printf 'package main\\nimport "testing"\\nfunc TestAdd(t *testing.T) { if Add(1, 1) != 2 { t.Fatal() } }\\n' > main_test.go`,
      "go build -o hello . && ./hello && go run . && go test ./...",
    );
    expect(output.match(/hello 42/g)).toHaveLength(2);
    expect(output).toMatch(/ok\s+example\.com\/hello/);
  });

  it("runs Node with workers, child processes and a server of its own", async () => {
    const program = `
      const { Worker } = require("node:worker_threads"), { execFileSync } = require("node:child_process"), http = require("node:http"), fs = require("node:fs");
      const server = http.createServer((_, response) => response.end("served")).listen(0, "127.0.0.1", async () => {
        const text = await (await fetch("http://127.0.0.1:" + server.address().port)).text();
        console.log(text, execFileSync("echo", ["spawned"]).toString().trim());
        fs.writeFileSync(require("node:os").tmpdir() + "/from-node", "x");
        server.close();
        new Worker('require("node:worker_threads").parentPort.postMessage("worked")', { eval: true }).on("message", console.log);
      });`;
    await gateway.tool("write", { path: "/workspace/app.js", content: program });
    const output = await work("node app.js");
    for (const word of ["served spawned", "worked", "DONE"]) expect(output).toContain(word);
  });

  it("runs Python with a venv, pip and a pool of processes", async () => {
    const wheel = `
import zipfile
with zipfile.ZipFile("hello-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("hello.py", "def main(): print('hello from a wheel')\\n")
    wheel.writestr("hello-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: hello\\nVersion: 1.0\\n")
    wheel.writestr("hello-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("hello-1.0.dist-info/entry_points.txt", "[console_scripts]\\nhello = hello:main\\n")
    wheel.writestr("hello-1.0.dist-info/RECORD", "")
`;
    await gateway.tool("write", { path: "/workspace/wheel.py", content: wheel });
    const output = await work(
      "python3 wheel.py && python3 -m venv venv && ./venv/bin/pip install --no-index --quiet --force-reinstall ./hello-1.0-py3-none-any.whl && ./venv/bin/hello",
      // From source, too: pip builds in the temporary directory.
      `mkdir -p source && printf '[project]\\nname = "fromsource"\\nversion = "1"\\n' > source/pyproject.toml && echo "print('hello from source')" > source/fromsource.py`,
      "./venv/bin/python -c 'import setuptools' && (cd source && ../venv/bin/python -c 'import setuptools, sys; sys.argv = [\"setup.py\", \"-q\", \"build\"]; setuptools.setup(py_modules=[\"fromsource\"])' && ../venv/bin/python build/lib/fromsource.py)",
      "python3 -c 'import multiprocessing as m, sqlite3, tempfile, threading; print(sum(m.Pool(2).map(abs, [-1, -41]))); sqlite3.connect(tempfile.mktemp()).execute(\"create table t (x)\")'",
    );
    for (const text of ["hello from a wheel", "hello from source", "42", "DONE"]) expect(output).toContain(text);
  });

  it("keeps git repositories and settings, and round-trips archives", async () => {
    const output = await work(
      "git config --global user.name Agent && git config --global user.email agent@example.com",
      "rm -rf repo clone && git init -q repo && cd repo && echo one > file && mkdir sub && ln -s ../file sub/link && git add . && git commit -qm First && git clone -q . ../clone && git -C ../clone log --oneline",
      "cd .. && chmod 750 repo/sub && tar czf repo.tgz repo && rm -rf out && mkdir out && tar xzf repo.tgz -C out && diff -r repo out/repo && stat -c %a out/repo/sub",
    );
    for (const text of ["First", "750", "DONE"]) expect(output).toContain(text);
    expect(await work("git config --global user.name")).toContain("Agent");
  });

  it("runs pipes, locks, sockets, large sorts, scripts in HOME and background processes", async () => {
    const output = await work(
      "mkfifo -m 600 pipe; (echo through a pipe > pipe &) ; cat pipe; rm pipe",
      "flock lock -c 'echo locked'; seq 200000 | sort -R -S 1M -T \"$TMPDIR\" | wc -l",
      "python3 -c 'import socket; a, b = socket.socketpair(); a.send(b\"pair\"); print(b.recv(9))'",
      "mkdir -p ~/bin && printf '#!/bin/sh\\necho from home\\n' > ~/bin/tool && chmod +x ~/bin/tool && ~/bin/tool",
      "(sleep 1; echo later > background.txt) & wait; cat background.txt; timeout 5 nice true",
    );
    for (const text of ["through a pipe", "locked", "200000", "pair", "from home", "later", "DONE"]) expect(output).toContain(text);
    await gateway.exec("sleep 1; echo finished > /workspace/long.txt", { args: { background: true } });
    await expect.poll(() => gateway.exec("cat /workspace/long.txt"), { timeout: 60_000, interval: 1000 }).toContain("finished");
  });

  it("changes files by exec and by the file tools in turn", async () => {
    await gateway.tool("write", { path: "/workspace/notes/today.md", content: "from the tool\n" });
    await work("echo from exec >> notes/today.md", "echo made by exec > notes/other.md");
    await gateway.tool("edit", { path: "/workspace/notes/other.md", edits: [{ oldText: "made", newText: "changed" }] });
    expect(await gateway.tool("read", { path: "/workspace/notes/today.md" })).toContain("from exec");
    expect(await work("cat notes/other.md")).toContain("changed by exec");
  });
});
