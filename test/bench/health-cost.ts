import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { PLUGIN_DIR } from "../support/build.ts";

const ROUNDS = 15;

/** How much longer than `node -e 0` a look at a healthy gateway takes, one ratio per round. */
export async function measureHealthCost(): Promise<number[]> {
  const home = await mkdtemp(join(tmpdir(), "fortress-bench-"));
  const server = createServer(({ url }, response) => void response.end(url === "/healthz" ? '{"ok":true,"status":"live"}' : '{"ready":true,"failing":[]}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await mkdir(join(home, ".openclaw"));
    await writeFile(join(home, ".openclaw/openclaw.json"), JSON.stringify({ gateway: { port: (server.address() as AddressInfo).port } }));
    const time = async (...args: string[]): Promise<number> => {
      const { durationMs } = await execa(process.execPath, args, { env: { HOME: home, XDG_RUNTIME_DIR: home }, extendEnv: false });
      return durationMs;
    };
    const probe = (): Promise<number> => time(join(PLUGIN_DIR, "bin/fortress.mjs"), "health", "--heal");
    await probe();
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) ratios.push((await probe()) / (await time("-e", "0")));
    return ratios;
  } finally {
    server.close();
    await rm(home, { recursive: true });
  }
}
