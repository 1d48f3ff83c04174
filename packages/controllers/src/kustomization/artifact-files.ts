import { MemoryFileSystem, type FileSystem } from "@sluice/kustomize";
import type { fetchArtifact, FetchArtifactOptions } from "@sluice/source";

/** Fetches and unpacks an artifact. */
export type FetchArtifact = typeof fetchArtifact;

/** What names an artifact: where it is, and what its bytes must be. */
export interface ArtifactLocation {
  readonly url: string;
  readonly digest: string;
}

/** How many unpacked artifacts are kept. A source's Kustomizations follow each other closely, so few are enough. */
const MAX_CACHED = 8;

/**
 * Artifacts as file systems in memory. Kustomizations that build the same artifact share one download; an artifact is
 * named by the digest of its bytes, so what was fetched once is never out of date.
 */
export class ArtifactFiles {
  readonly #fetch: FetchArtifact;
  readonly #options: FetchArtifactOptions;
  /** In the order of use, the latest last. */
  readonly #byDigest = new Map<string, Promise<FileSystem>>();

  constructor(fetch: FetchArtifact, options: FetchArtifactOptions = {}) {
    this.#fetch = fetch;
    this.#options = options;
  }

  /** The files of an artifact. Throws `ArtifactError` and `ArchiveError`. */
  async get(artifact: ArtifactLocation): Promise<FileSystem> {
    const { digest } = artifact;
    const files = this.#byDigest.get(digest) ?? this.#load(artifact);
    this.#byDigest.delete(digest);
    this.#byDigest.set(digest, files);
    for (const oldest of this.#byDigest.keys()) {
      if (this.#byDigest.size <= MAX_CACHED) break;
      this.#byDigest.delete(oldest);
    }
    try {
      return await files;
    } catch (error) {
      // A failure is not worth keeping; a later call may have put a new attempt in place meanwhile.
      if (this.#byDigest.get(digest) === files) this.#byDigest.delete(digest);
      throw error;
    }
  }

  async #load(artifact: ArtifactLocation): Promise<FileSystem> {
    const files = await this.#fetch(artifact, this.#options);
    return new MemoryFileSystem(new Map([...files].map(([path, file]) => [path, file.bytes])));
  }
}
