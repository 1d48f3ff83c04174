/**
 * The files that a build may read. Paths are absolute and POSIX (`/apps/base/kustomization.yaml`); `/` is the root
 * of what the caller hands out, and nothing outside it exists. Synchronous on purpose: a build is a pure function.
 */
export interface FileSystem {
  /** What is at the path after following symbolic links; `undefined` when nothing is there. */
  stat(path: string): "file" | "directory" | undefined;
  /** The bytes of a file. Callers check with {@link FileSystem.stat} first; throws when there is none. */
  readFile(path: string): Uint8Array;
  /** The names in a directory, sorted by code unit. */
  readDirectory(path: string): readonly string[];
  /** The path with every symbolic link resolved; throws when the path does not exist or leaves the root. */
  realPath(path: string): string;
}
