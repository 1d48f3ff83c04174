import type { FileSystem } from "@sluice/kustomize";

/** An artifact's files with plain text in place of encrypted ones. It exists in memory, for one build. */
export class DecryptedFiles implements FileSystem {
  readonly #base: FileSystem;
  readonly #plain: ReadonlyMap<string, Uint8Array>;

  /** `plain` goes by real paths. */
  constructor(base: FileSystem, plain: ReadonlyMap<string, Uint8Array>) {
    this.#base = base;
    this.#plain = plain;
  }

  stat(path: string): "file" | "directory" | undefined {
    return this.#base.stat(path);
  }

  readFile(path: string): Uint8Array {
    return this.#plain.get(this.#base.realPath(path)) ?? this.#base.readFile(path);
  }

  readDirectory(path: string): readonly string[] {
    return this.#base.readDirectory(path);
  }

  realPath(path: string): string {
    return this.#base.realPath(path);
  }
}
