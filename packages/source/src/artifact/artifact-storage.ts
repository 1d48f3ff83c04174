import { createHash } from "node:crypto";
import { createReadStream, type ReadStream, type Stats } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { KeyedMutex } from "../mutex.ts";
import { type ArtifactOwner, artifactPath, checkArtifactPath, ownerDirectory } from "./artifact-path.ts";
import { storageError, temporaryMark, writeFileAtomically } from "./atomic-file.ts";
import { type DigestAlgorithm, formatDigest, parseDigest } from "./digest.ts";
import { ArtifactError } from "./errors.ts";

export interface ArtifactStorageOptions {
  /** Root of the stored files. Owned by one storage at a time. */
  readonly directory: string;
  /** Host, with port if need be, under which consumers reach the artifact server. See {@link ArtifactStorage.advertise}. */
  readonly advertisedAddress?: string;
  /** Default `sha256`. */
  readonly digestAlgorithm?: DigestAlgorithm;
  /** Files that are not current and older than this are collected. Default one minute. */
  readonly retentionTtlMs?: number;
  /** Files that are kept of the rest, the current one included. Default 2. */
  readonly retentionRecords?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** What is known of a stored file. The names are those of an Artifact's fields. */
export interface StoredArtifact {
  readonly path: string;
  readonly url: string;
  readonly digest: string;
  readonly size: number;
}

/** Why a file is not what a status says it is. */
export type ArtifactState = "present" | "missing" | "corrupt";

/** More files than this in one directory are left for the next collection. */
const maxCollected = 1000;

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * Artifacts as files: `<kind>/<namespace>/<name>/<file>`. A file appears whole or not at all, and survives the process
 * that wrote it. Operations on one object's files wait for each other; those of different objects do not.
 */
export class ArtifactStorage {
  readonly #root: string;
  readonly #options: ArtifactStorageOptions;
  readonly #locks = new KeyedMutex();
  readonly #now: () => number;
  #advertisedAddress: string;

  constructor(options: ArtifactStorageOptions) {
    this.#options = options;
    this.#root = resolve(options.directory);
    this.#now = options.now ?? Date.now;
    this.#advertisedAddress = options.advertisedAddress ?? "localhost";
  }

  /** Creates the root and removes what a killed process left half-written. Call once, before anything else. */
  async open(): Promise<void> {
    try {
      await mkdir(this.#root, { recursive: true, mode: 0o750 });
      for (const name of await readdir(this.#root, { recursive: true })) {
        if (name.includes(temporaryMark)) await rm(join(this.#root, name), { force: true });
      }
    } catch (error) {
      throw storageError(this.#root, error);
    }
  }

  /** Where consumers find a file. */
  urlOf(path: string): string {
    return `http://${this.#advertisedAddress}/${path}`;
  }

  /** Changes the address of all URLs from now on: for a server whose port is known only once it listens. */
  advertise(address: string): void {
    this.#advertisedAddress = address;
  }

  /** Where a file is on the disk. Throws `InvalidArtifactPath` for a path that is not an artifact's. */
  localPath(path: string): string {
    return join(this.#root, checkArtifactPath(path));
  }

  /** Opens a file for reading; `undefined` when there is none. The caller reads or destroys the stream. */
  async read(
    path: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<{ stats: Stats; stream: ReadStream } | undefined> {
    const local = this.localPath(path);
    const stats = await this.#stat(path);
    if (stats === undefined) return undefined;
    return { stats, stream: createReadStream(local, range) };
  }

  async #stat(path: string): Promise<Stats | undefined> {
    try {
      const stats = await stat(this.localPath(path));
      return stats.isFile() ? stats : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageError(path, error);
    }
  }

  /** Size and age of a file; `undefined` when there is none. */
  async find(path: string): Promise<Stats | undefined> {
    return this.#stat(path);
  }

  /** Compares a file with the digest that a status announces for it. */
  async verify(artifact: { readonly path: string; readonly digest: string }): Promise<ArtifactState> {
    if ((await this.#stat(artifact.path)) === undefined) return "missing";
    const { algorithm } = parseDigest(artifact.digest);
    const hash = createHash(algorithm);
    try {
      await pipeline(createReadStream(this.localPath(artifact.path)), async (chunks) => {
        for await (const chunk of chunks as AsyncIterable<Uint8Array>) hash.update(chunk);
      });
    } catch (error) {
      if (isMissing(error)) return "missing";
      throw storageError(artifact.path, error);
    }
    return formatDigest(algorithm, hash) === artifact.digest ? "present" : "corrupt";
  }

  /**
   * Stores the content of an object's new artifact, replacing a file of the same name.
   *
   * @throws ArtifactError `StorageFull`, `StorageFailed`; the signal's reason when it is aborted
   */
  async store(
    owner: ArtifactOwner,
    file: string,
    content: AsyncIterable<Uint8Array>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<StoredArtifact> {
    const path = artifactPath(owner, file);
    return this.#locks.run(ownerDirectory(owner), async () => {
      try {
        const written = await writeFileAtomically(this.localPath(path), content, {
          algorithm: this.#options.digestAlgorithm ?? "sha256",
          ...options,
        });
        return { path, url: this.urlOf(path), ...written };
      } catch (error) {
        options.signal?.throwIfAborted();
        throw storageError(path, error);
      }
    });
  }

  /** Removes one file, if it is there. */
  async remove(path: string): Promise<void> {
    try {
      await rm(this.localPath(path), { force: true });
    } catch (error) {
      throw storageError(path, error);
    }
  }

  /** Removes everything of an object. Says whether there was anything. */
  async removeAll(owner: ArtifactOwner): Promise<boolean> {
    const directory = ownerDirectory(owner);
    return this.#locks.run(directory, async () => {
      const local = join(this.#root, directory);
      // Renamed first, so that a crash halfway leaves nothing that looks like an artifact.
      const doomed = `${local}${temporaryMark}${this.#now()}`;
      try {
        await rename(local, doomed);
      } catch (error) {
        if (isMissing(error)) return false;
        throw storageError(directory, error);
      }
      try {
        await rm(doomed, { recursive: true, force: true });
        await rmdir(dirname(local)).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" && !isMissing(error)) throw error;
        });
      } catch (error) {
        throw storageError(directory, error);
      }
      return true;
    });
  }

  /**
   * Removes an object's old files: those above the time to live, and of the rest all but the newest. The current one
   * stays whatever its age. Returns the names of the removed files.
   */
  async collectGarbage(owner: ArtifactOwner, current: { readonly path: string }): Promise<readonly string[]> {
    const directory = ownerDirectory(owner);
    const { retentionTtlMs = 60_000, retentionRecords = 2 } = this.#options;
    return this.#locks.run(directory, async () => {
      const local = join(this.#root, directory);
      try {
        const old: { name: string; age: number }[] = [];
        for (const name of (await readdir(local)).slice(0, maxCollected)) {
          if (`${directory}/${name}` === current.path) continue;
          const { mtimeMs } = await stat(join(local, name));
          old.push({ name, age: this.#now() - mtimeMs });
        }
        old.sort((a, b) => a.age - b.age);
        const doomed = old.filter(
          ({ age }, index) => age > retentionTtlMs || index >= Math.max(retentionRecords - 1, 0),
        );
        for (const { name } of doomed) await rm(join(local, name), { force: true, recursive: true });
        return doomed.map(({ name }) => name);
      } catch (error) {
        if (isMissing(error)) return [];
        throw storageError(directory, error);
      }
    });
  }

  /** Fails with a coded error when the storage cannot be written to. */
  async check(): Promise<void> {
    const stats = await stat(this.#root).catch((error: unknown) => {
      throw storageError(this.#root, error);
    });
    if (!stats.isDirectory()) throw new ArtifactError("StorageFailed", `${this.#root}: not a directory`);
  }
}
