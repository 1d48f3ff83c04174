import { posix } from "node:path";
import type { FileSystem } from "@sluice/kustomize";

/** A file system with one file put over another one's: the edited kustomization, while the artifact stays as it is. */
export class OverlayFileSystem implements FileSystem {
  readonly #base: FileSystem;
  readonly #path: string;
  readonly #content: Uint8Array;

  /** `path` is absolute and its directory exists in `base`. */
  constructor(base: FileSystem, path: string, content: Uint8Array) {
    this.#base = base;
    this.#path = posix.join(base.realPath(posix.dirname(path)), posix.basename(path));
    this.#content = content;
  }

  stat(path: string): "file" | "directory" | undefined {
    return this.#isOver(path) ? "file" : this.#base.stat(path);
  }

  readFile(path: string): Uint8Array {
    return this.#isOver(path) ? this.#content : this.#base.readFile(path);
  }

  readDirectory(path: string): readonly string[] {
    const names = this.#base.readDirectory(path);
    const name = posix.basename(this.#path);
    if (this.#base.realPath(path) !== posix.dirname(this.#path) || names.includes(name)) return names;
    return [...names, name].toSorted();
  }

  realPath(path: string): string {
    return this.#isOver(path) ? this.#path : this.#base.realPath(path);
  }

  #isOver(path: string): boolean {
    if (posix.basename(path) !== posix.basename(this.#path)) return false;
    const directory = posix.dirname(path);
    return this.#base.stat(directory) === "directory" && this.#base.realPath(directory) === posix.dirname(this.#path);
  }
}
