import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { DELIVERY_SCRIPT, deliveryFile, deliveryText, readDelivery } from "../../src/secrets/deliver.ts";
import { errorOf } from "../fixtures/errors.ts";
import { kernelMount } from "../fixtures/kernel.ts";
import { tempDir } from "../fixtures/temp.ts";

const secrets = (values: Record<string, string>) => new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
const shell = (file: string, command: string, bin = "/bin/sh") => {
  const argv = readDelivery([bin, "x", "/bin/sh", "-lc", command], file);
  return spawnSync(bin, ["-c", argv.at(-1)!], { encoding: "utf8", env: { PATH: process.env.PATH } });
};
const feed = (file: string, text: string) => spawnSync("/bin/sh", ["-c", DELIVERY_SCRIPT, "sh", file], { input: text, encoding: "utf8" });

describe("where to", () => {
  const mount = (target: string, fsType = "tmpfs", mode: "rw" | "ro" = "rw") => kernelMount(target, mode, "/", { fsType });
  it.each([
    [[mount("/dev/shm"), mount("/tmp")], "/dev/shm/.fortress-id"],
    [[mount("/tmp"), mount("/run")], "/tmp/.fortress-id"],
    [[mount("/dev/shm", "tmpfs", "ro"), mount("/tmp", "ext4"), mount("/run")], "/run/.fortress-id"],
  ])("%j", (mounts, file) => {
    expect(deliveryFile(mounts, "id")).toBe(file);
  });

  it.each([[undefined], [[]], [[mount("/dev/shm", "ext4"), mount("/tmp", "tmpfs", "ro"), mount("/var/tmp")]]])("never to a disk: %j", (mounts) => {
    expect(errorOf(() => deliveryFile(mounts, "id")).code).toBe("secrets-not-deliverable");
  });
});

describe("the way through", () => {
  it("gives the shell every value as it is", () => {
    const file = join(tempDir(), ".fortress-x");
    const values = fc.sample(fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "\r", " ", "#", "é", "\u2028", "\u{1f600}", "\x01", "x"), maxLength: 20 }), 200);
    feed(file, deliveryText(secrets(Object.fromEntries(values.map((value, index) => [`K${index}`, value])))));
    const { stdout, status } = shell(file, values.map((_, index) => `printf '%s\\0' "$K${index}"`).join("; "));
    expect(status).toBe(0);
    expect(stdout.split("\0").slice(0, -1)).toEqual(values);
  });

  it("leaves nothing, from before the command begins", () => {
    const directory = tempDir();
    for (const command of [`ls -A ${directory}; ls /proc/self/fd`, "exit 3", "kill -9 $$", "definitely-not-a-command"]) {
      const file = join(directory, ".fortress-x");
      feed(file, deliveryText(secrets({ KEY: "canary" })));
      const { stdout } = shell(file, command);
      expect(stdout).not.toMatch(/fortress|^9$/m);
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it("keeps the command's exit code and standard streams", () => {
    const file = join(tempDir(), ".fortress-x");
    feed(file, deliveryText(secrets({ KEY: "canary" })));
    expect(shell(file, "echo out; echo err >&2; exit 7")).toMatchObject({ status: 7, stdout: "out\n", stderr: "err\n" });
  });

  it.each(["/bin/sh", "/bin/bash"])("runs no command without its keys (%s)", (bin) => {
    const { status, stdout } = shell(join(tempDir(), ".fortress-gone"), "echo RAN", bin);
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
  });

  it("closes the file to others and overwrites none", () => {
    const directory = tempDir();
    const file = join(directory, ".fortress-x");
    feed(file, "first");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(feed(file, "second").status).not.toBe(0);
    expect(readFileSync(file, "utf8")).toBe("first");
    execFileSync("ln", ["-s", join(directory, "target"), `${file}-link`]);
    expect(feed(`${file}-link`, "second").status).not.toBe(0);
    expect(existsSync(join(directory, "target"))).toBe(false);
  });

  it("takes away what a gateway that died left behind, and nothing else", () => {
    const directory = tempDir();
    const hourAgo = Date.now() / 1000 - 3_600;
    for (const name of [".fortress-old", ".fortress-young", "other"]) writeFileSync(join(directory, name), "x");
    mkdirSync(join(directory, "sub"));
    writeFileSync(join(directory, "sub/.fortress-deep"), "x");
    for (const name of [".fortress-old", "other", "sub/.fortress-deep"]) utimesSync(join(directory, name), hourAgo, hourAgo);
    feed(join(directory, ".fortress-new"), "x");
    expect(readdirSync(directory).sort()).toEqual([".fortress-new", ".fortress-young", "other", "sub"]);
    expect(readdirSync(join(directory, "sub"))).toEqual([".fortress-deep"]);
  });
});

it.each([
  [["podman", "exec", "id", "ls"]],
  [["podman", "exec", "id", "/usr/bin/python3", "-c", "x"]],
  [["podman", "exec", "id", "/bin/sh", "script.sh", "x"]],
  [["sh", "-c", "x"]],
  [[]],
])("%j is not a shell's command and is refused", (argv) => {
  expect(errorOf(() => readDelivery(argv, "/dev/shm/.fortress-x")).code).toBe("host-seam-changed");
});

it("refuses a file name that a shell would read otherwise", () => {
  expect(errorOf(() => readDelivery(["podman", "x", "/bin/sh", "-lc", "ls"], "/tmp/$(id)")).code).toBe("host-seam-changed");
});
