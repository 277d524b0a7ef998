import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { BackupJob } from "../../src/flows/backup-job.ts";
import { backupWorkerEdges } from "../../src/host/backup-worker-edges.ts";
import { tempDir } from "../fixtures/temp.ts";

const CANARY = "canary-8f1c2e7b90";

/** Why a set was not taken elsewhere by a script of sh, in a home with this configuration and one secret. */
async function failure(script: string, config = "{}"): Promise<string> {
  const home = tempDir();
  mkdirSync(join(home, ".openclaw"));
  writeFileSync(join(home, ".openclaw/openclaw.json"), config);
  mkdirSync(join(home, ".config/openclaw-secrets"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, ".config/openclaw-secrets/secrets.env"), `RESTIC_PASSWORD=${CANARY}\n`, { mode: 0o600 });
  vi.stubEnv("HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { afterwards } = backupWorkerEdges({ kind: "create", directory: join(home, "sets"), deadlineMs: 60_000 } as BackupJob);
  return afterwards(["sh", "-c", script], "/set", "set", new AbortController().signal).then(
    () => "",
    (error: Error) => error.message,
  );
}

it("keeps what a command complains of, without the value of a secret", async () => {
  expect(await failure(`echo "wrong password: ${CANARY}" >&2; exit 4`)).toMatch(/^sh ended with 4: wrong password: (?!canary)/);
});

it("lets none through in pieces, where only the end is kept", async () => {
  expect(await failure(`printf '${CANARY}%290s' . >&2; exit 4`)).not.toContain("90");
});

it("keeps nothing of it where nobody can tell what is secret", async () => {
  const said = await failure(`echo "${CANARY}" >&2; exit 4`, "{ broken");
  expect(said).toContain("sh ended with 4");
  expect(said).not.toContain("canary");
});
