import { MemoryFileSystem, type FileSystem } from "@sluice/kustomize";
import type { fetchArtifact, FetchArtifactOptions } from "@sluice/source";

/** Fetches and unpacks an artifact. */
export type FetchArtifact = typeof fetchArtifact;

/** What names an artifact: where it is, and what its bytes must be. */
export interface ArtifactLocation {
  readonly url: string;
  readonly digest: string;
}

interface Unpacked {
  readonly files: FileSystem;
  readonly sizeBytes: number;
}

interface Entry {
  readonly content: Promise<Unpacked>;
  /** 0 while it is on its way. */
  sizeBytes: number;
}

/** A source's Kustomizations follow each other closely, so few artifacts, and not too much of them, are kept. */
const MAX_CACHED = 8;
const MAX_CACHED_BYTES = 128 * 1024 * 1024;

/**
 * Artifacts as file systems in memory. Kustomizations that build the same artifact share one download; an artifact is
 * named by the digest of its bytes, so what was fetched once is never out of date.
 */
export class ArtifactFiles {
  readonly #fetch: FetchArtifact;
  readonly #options: FetchArtifactOptions;
  readonly #closing = new AbortController();
  /** In the order of use, the latest last. */
  readonly #byDigest = new Map<string, Entry>();

  constructor(fetch: FetchArtifact, options: FetchArtifactOptions = {}) {
    this.#fetch = fetch;
    this.#options = options;
  }

  /**
   * The files of an artifact. Throws `ArtifactError` and `ArchiveError`, and the signal's reason when that comes
   * first; the download then goes on for whoever else wants it.
   */
  async get(artifact: ArtifactLocation, signal: AbortSignal): Promise<FileSystem> {
    const { digest } = artifact;
    const entry = this.#byDigest.get(digest) ?? this.#load(artifact);
    this.#byDigest.delete(digest);
    this.#byDigest.set(digest, entry);
    this.#evict(digest);
    return (await unlessAborted(entry.content, signal)).files;
  }

  /** Ends all downloads. */
  close(): void {
    this.#closing.abort(new Error("the controller stops"));
  }

  #load(artifact: ArtifactLocation): Entry {
    const { digest } = artifact;
    const entry: Entry = { content: this.#unpack(artifact), sizeBytes: 0 };
    entry.content.then(
      ({ sizeBytes }) => {
        entry.sizeBytes = sizeBytes;
        this.#evict(digest);
      },
      () => {
        // A failure is not worth keeping; a later call may have put a new attempt in place meanwhile.
        if (this.#byDigest.get(digest) === entry) this.#byDigest.delete(digest);
      },
    );
    return entry;
  }

  async #unpack(artifact: ArtifactLocation): Promise<Unpacked> {
    const files = await this.#fetch(artifact, { ...this.#options, signal: this.#closing.signal });
    const contents = [...files].map(([path, file]): [string, Uint8Array] => [path, file.bytes]);
    const sizeBytes = contents.reduce((total, [, bytes]) => total + bytes.length, 0);
    return { files: new MemoryFileSystem(new Map(contents)), sizeBytes };
  }

  #evict(keep: string): void {
    let total = [...this.#byDigest.values()].reduce((sum, entry) => sum + entry.sizeBytes, 0);
    for (const [digest, entry] of this.#byDigest) {
      if (this.#byDigest.size <= MAX_CACHED && total <= MAX_CACHED_BYTES) return;
      if (digest === keep) continue;
      this.#byDigest.delete(digest);
      total -= entry.sizeBytes;
    }
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
