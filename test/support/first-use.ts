import { chmod, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import JSON5 from "json5";
import { type Json, merge } from "./gateway-config.ts";
import { fenced } from "./readme.ts";
import { runtimeFor } from "./runtime.ts";

const ROOT = join(import.meta.dirname, "../..");
export const SECRET = "sk-of-the-first-use-77120f";

/** Runs lines of the README as they stand there, in the checkout, by a user with this HOME. */
export async function runOfReadme(lines: string, home: string, env: Record<string, string> = {}): Promise<string> {
  const { openclaw } = await runtimeFor(undefined);
  const PATH = [join(openclaw, "../../.bin"), process.env.PATH].join(":");
  const { all } = await execa("bash", ["-euc", lines], { cwd: ROOT, env: { HOME: home, LANG: "C.UTF-8", PATH, ...env }, extendEnv: false, stdin: "ignore", all: true });
  return all;
}

/** Does what the README tells a new user to do before the first start: the plugin, a secret, a configuration. */
export async function installByReadme(stateDir: string): Promise<void> {
  const home = dirname(stateDir);
  const [byFolder, , secrets] = fenced("Install", "sh");
  const [build, ...install] = byFolder!.split("\n");
  // The test's own set-up did both.
  if (build !== "npm ci && npm run build") throw new Error(`The README begins with: ${build}`);
  await runOfReadme(install.join("\n"), home);

  const editor = join(home, "editor");
  await writeFile(editor, `#!/bin/sh\necho 'OPENAI_API_KEY="${SECRET}"' >> "$1"\n`);
  await chmod(editor, 0o700);
  await runOfReadme(secrets!, home, { EDITOR: editor });

  const file = join(stateDir, "openclaw.json");
  const config = JSON.parse(await readFile(file, "utf8")) as Json;
  await writeFile(file, JSON.stringify(merge(config, JSON5.parse<Json>(fenced("Configuration", "json5")[0]!))), { mode: 0o600 });
}
