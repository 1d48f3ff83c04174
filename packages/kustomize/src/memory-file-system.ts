import { KustomizeError } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";
import { cleanPath, directoryName, isAbsolute, joinPath } from "./posix-path.ts";

/** Where a symbolic link of a {@link MemoryFileSystem} points: absolute, or relative to the link's directory. */
export interface SymbolicLink {
  readonly target: string;
}

type Entry = Uint8Array | "directory" | SymbolicLink;

const maximumLinks = 40;

/** A file system held in memory, for tests, previews and artifacts that were unpacked without touching a disk. */
export class MemoryFileSystem implements FileSystem {
  readonly #entries = new Map<string, Entry>([["/", "directory"]]);
  readonly #children = new Map<string, Set<string>>([["/", new Set()]]);

  /** Keys are paths from the root (a leading `/` is optional); text is stored as UTF-8. Directories appear by themselves. */
  constructor(files: ReadonlyMap<string, Uint8Array | string | SymbolicLink>) {
    const encoder = new TextEncoder();
    for (const [name, content] of files) {
      this.#add(cleanPath(`/${name}`), typeof content === "string" ? encoder.encode(content) : content);
    }
  }

  stat(path: string): "file" | "directory" | undefined {
    const resolved = this.#resolve(path);
    if (resolved === undefined) return undefined;
    return this.#entries.get(resolved) === "directory" ? "directory" : "file";
  }

  readFile(path: string): Uint8Array {
    const resolved = this.#resolve(path);
    const entry = resolved === undefined ? undefined : this.#entries.get(resolved);
    if (entry instanceof Uint8Array) return entry;
    throw new KustomizeError("FileNotFound", `open ${path}: no such file`, { file: path });
  }

  readDirectory(path: string): readonly string[] {
    const resolved = this.#resolve(path);
    const names = resolved === undefined ? undefined : this.#children.get(resolved);
    if (names === undefined) {
      throw new KustomizeError("FileNotFound", `open ${path}: no such directory`, { file: path });
    }
    return [...names].toSorted();
  }

  realPath(path: string): string {
    const resolved = this.#resolve(path);
    if (resolved === undefined) {
      throw new KustomizeError("FileNotFound", `lstat ${path}: no such file or directory`, { file: path });
    }
    return resolved;
  }

  #add(path: string, entry: Entry): void {
    const parent = directoryName(path);
    if (!this.#entries.has(parent)) this.#add(parent, "directory");
    if (this.#entries.get(parent) !== "directory") throw new RangeError(`${parent} is a file and a directory`);
    this.#entries.set(path, entry);
    if (entry === "directory") this.#children.set(path, new Set());
    this.#children.get(parent)?.add(path.slice(parent === "/" ? 1 : parent.length + 1));
  }

  /** Follows links part by part, so that `..` after a link means the parent of its target. */
  #resolve(path: string): string | undefined {
    if (!isAbsolute(path)) return undefined;
    let waiting = path.split("/");
    let done = "/";
    for (let links = 0; waiting.length > 0;) {
      const [part = "", ...rest] = waiting;
      waiting = rest;
      if (part === "" || part === ".") continue;
      if (part === "..") {
        done = directoryName(done);
        continue;
      }
      const next = joinPath(done, part);
      const entry = this.#entries.get(next);
      if (entry === undefined) return undefined;
      if (entry !== "directory" && !(entry instanceof Uint8Array)) {
        if (++links > maximumLinks) return undefined;
        if (isAbsolute(entry.target)) done = "/";
        waiting = [...entry.target.split("/"), ...rest];
        continue;
      }
      if (entry instanceof Uint8Array && rest.some((each) => each !== "" && each !== ".")) return undefined;
      done = next;
    }
    return done;
  }
}
