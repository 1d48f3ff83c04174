import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "@sluice/errors";
import { type DigestAlgorithm, formatDigest } from "./digest.ts";
import { ArtifactError } from "./errors.ts";

/** Names of files that are being written contain this; a crash leaves them behind, a start removes them. */
export const temporaryMark = ".tmp-";

/** Turns a failure of the file system into a coded one. */
export function storageError(what: string, thrown: unknown): ArtifactError {
  if (thrown instanceof ArtifactError) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code;
  const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
  return new ArtifactError(isFull ? "StorageFull" : "StorageFailed", `${what}: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Writes a file so that it is there whole or not at all, even when the power fails: a temporary file beside it, flushed
 * to the disk, then renamed. Returns the size and the digest of what was written.
 */
export async function writeFileAtomically(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly algorithm: DigestAlgorithm; readonly signal?: AbortSignal },
): Promise<{ readonly size: number; readonly digest: string }> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o750 });
  const temporary = `${path}${temporaryMark}${randomUUID()}`;
  const hash = createHash(options.algorithm);
  let size = 0;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      for await (const chunk of content) {
        options.signal?.throwIfAborted();
        hash.update(chunk);
        size += chunk.length;
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { size, digest: formatDigest(options.algorithm, hash) };
}
