import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { FortressError } from "../model/errors.ts";
import { DamagedCopy } from "../model/backup.ts";
import { syncFile } from "./backup-files.ts";
import { readRegularFile } from "./files.ts";

const MAX_IDENTITY_BYTES = 65_536;

/** @throws FortressError `backup-refused` for what nobody can be encrypted to */
export async function assertRecipients(recipients: readonly string[]): Promise<void> {
  if (recipients.length > 0) await encrypterFor(recipients);
}

/** Half of what a process takes to start would be this library, which few of them need. */
const age = () => import("age-encryption");

async function encrypterFor(recipients: readonly string[]) {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return encrypter;
}

/**
 * Puts what only the recipients can read in place of a file.
 *
 * @param draft a path on the same file system where nothing is: beside the file, a file of that name may be
 */
export async function encryptFile(path: string, draft: string, recipients: readonly string[], signal: AbortSignal): Promise<{ readonly size: number; readonly sha256: string }> {
  const encrypter = await encrypterFor(recipients);
  const hash = createHash("sha256");
  let size = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  try {
    const sealed = await encrypter.encrypt(Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>);
    await pipeline(Readable.fromWeb(sealed as unknown as WebStream), tap, createWriteStream(draft, { flags: "wx", mode: 0o600 }), { signal });
    syncFile(draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  return { size, sha256: hash.digest("hex") };
}

/**
 * @param identity a file with age identities, one a line
 * @throws DamagedCopy when it was changed, or holds more than `limit` bytes
 */
export async function decryptFile(from: string, to: string, identity: string, limit: number, signal: AbortSignal): Promise<void> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  for (const each of readIdentities(identity)) addIdentity(decrypter, each, identity);
  let size = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      done(size > limit ? new DamagedCopy(`holds more than ${limit} bytes`) : null, chunk);
    },
  });
  try {
    const plain = await decrypter.decrypt(Readable.toWeb(createReadStream(from)) as ReadableStream<Uint8Array>);
    await pipeline(Readable.fromWeb(plain as unknown as WebStream), tap, createWriteStream(to, { flags: "wx", mode: 0o600 }), { signal });
    syncFile(to);
  } catch (error) {
    rmSync(to, { force: true });
    if (signal.aborted || error instanceof DamagedCopy || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw /no identity/i.test(String(error)) ? new FortressError("backup-refused", `--identity: none of the identities in ${identity} can read this backup.`, "Use the identity of one of its recipients.") : new DamagedCopy("can't be decrypted");
  }
}

function readIdentities(file: string): string[] {
  let text: string;
  try {
    ({ text } = readRegularFile(file, { maxBytes: MAX_IDENTITY_BYTES, followLinks: true }));
  } catch (error) {
    throw new FortressError("backup-refused", `--identity: ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? "no regular file"}).`, "Give the file that age-keygen made.");
  }
  const identities = text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  if (identities.length === 0) throw new FortressError("backup-refused", `--identity: ${file} holds no identity.`, "Give the file that age-keygen made.");
  return identities;
}

function addIdentity(decrypter: { addIdentity(identity: string): void }, identity: string, file: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    // The message of the library may quote the key.
    throw new FortressError("backup-refused", `--identity: ${file} holds a line that is no age identity.`, "Give the file that age-keygen made.");
  }
}

function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new FortressError("backup-refused", `plugins.entries.fortress.config.backups.recipients: ${JSON.stringify(recipient.slice(0, 80))} is no age recipient.`, "Use what age-keygen prints as public key: age1…");
  }
}
