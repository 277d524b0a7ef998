import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A wall clock of its own for one process; monotonic time and its children keep the machine's. */
export interface FakeClock extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** As libfaketime writes it, such as `+365d`. Counts within a second. */
  set(offset: string): Promise<void>;
}

/** Source: faketime(1). */
export async function fakeClock(): Promise<FakeClock> {
  const folder = await mkdtemp("/var/tmp/fortress-clock-");
  const [offset, alone] = [join(folder, "offset"), join(folder, "alone.cjs")];
  await writeFile(offset, "+0");
  // The engine has the machine's clock, and so have its containers.
  await writeFile(alone, "for (const name of ['LD_PRELOAD', 'NODE_OPTIONS']) delete process.env[name];\n");
  return {
    env: { LD_PRELOAD: await library(), FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_CACHE_DURATION: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", NODE_OPTIONS: `--require ${alone}` },
    set: (text) => writeFile(offset, text),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function library(): Promise<string> {
  for (const folder of LIBRARIES) if ((await readdir(folder).catch((): string[] => [])).includes(LIBRARY)) return join(folder, LIBRARY);
  throw new Error(`${LIBRARY} is in none of ${LIBRARIES.join(", ")}`);
}

export const LIBRARY = "libfaketime.so.1";
export const LIBRARIES = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime`);
