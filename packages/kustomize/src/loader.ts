import { KustomizeError, withPrefix } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";
import { type GitUrl, isRemoteFile, parseGitUrl } from "./git-url.ts";
import { baseName, cleanPath, directoryName, isAbsolute, isWithin, joinPath } from "./posix-path.ts";

/** Whether files may lie outside the directory of the kustomization that names them. */
export type LoadRestrictor = "rootOnly" | "none";

/** A repository that a {@link RemoteLoader} made readable. */
export interface RemoteRepository {
  readonly fileSystem: FileSystem;
  /** The repository's root in that file system. */
  readonly root: string;
}

/** Fetches what lies outside the file system; synchronous, so whoever passes it in fetches beforehand. */
export interface RemoteLoader {
  /** The bytes behind an HTTP URL; `undefined` when it does not answer with a file. */
  readFile(url: string): Uint8Array | undefined;
  /** A checkout of the repository at its ref. */
  openRepository(url: GitUrl): RemoteRepository;
}

/** The loader of builds that may not reach the network. */
export const refusingRemoteLoader: RemoteLoader = {
  readFile(url) {
    throw new KustomizeError("RemoteRefused", `remote resource '${url}' refused: this build has no remote loader`);
  },
  openRepository({ raw }) {
    throw new KustomizeError("RemoteRefused", `remote base '${raw}' refused: this build has no remote loader`);
  },
};

interface LoaderContext {
  readonly fileSystem: FileSystem;
  readonly restrictor: LoadRestrictor;
  readonly remote: RemoteLoader;
  readonly maxFileBytes: number;
}

/** Reads files for one kustomization, and makes loaders for the directories that it names. */
export class Loader {
  readonly root: string;
  readonly #context: LoaderContext;
  readonly #referrer: Loader | undefined;
  readonly #repository: { readonly url: GitUrl; readonly root: string } | undefined;

  private constructor(
    context: LoaderContext,
    root: string,
    referrer?: Loader,
    repository?: { readonly url: GitUrl; readonly root: string },
  ) {
    this.#context = context;
    this.root = root;
    this.#referrer = referrer;
    this.#repository = repository;
  }

  /** Opens the root of a build. Throws `FileNotFound` or `NotADirectory`. */
  static open(context: LoaderContext, path: string): Loader {
    const root = confirmDirectory(context.fileSystem, cleanPath(`/${path}`), path);
    return new Loader(context, root);
  }

  /** A loader for a directory below or beside this one, or for a repository. Throws on cycles and escapes. */
  descend(path: string): Loader {
    if (path === "") throw new KustomizeError("NotADirectory", "new root cannot be empty");
    const url = parseGitUrl(path);
    if (url !== undefined) return this.#descendIntoRepository(url);
    if (isAbsolute(path)) {
      throw new KustomizeError("PathOutsideRoot", `new root '${path}' cannot be absolute`, { file: path });
    }
    const joined = joinPath(this.root, path);
    const root = confirmDirectory(this.#context.fileSystem, joined, joined);
    this.#refuseOutsideRepository(root);
    this.#refuseCycle(root);
    return new Loader(this.#context, root, this);
  }

  /** The bytes of a file, by a path relative to this root. Throws what kustomize would say, and `LimitExceeded`. */
  load(path: string): Uint8Array {
    const bytes = isRemoteFile(path) ? this.#loadRemote(path) : this.#loadLocal(path);
    const { maxFileBytes } = this.#context;
    if (bytes.length > maxFileBytes) {
      throw new KustomizeError(
        "LimitExceeded",
        `file '${path}' of ${bytes.length} bytes exceeds the limit of ${maxFileBytes}`,
        {
          file: path,
        },
      );
    }
    return bytes;
  }

  #loadLocal(path: string): Uint8Array {
    const { fileSystem, restrictor } = this.#context;
    const absolute = isAbsolute(path) ? path : joinPath(this.root, path);
    if (restrictor === "none") return readAnyFile(fileSystem, absolute);
    const real = realPath(fileSystem, absolute);
    if (fileSystem.stat(real) === "directory") {
      throw new KustomizeError("NotADirectory", `'${absolute}' must resolve to a file`, { file: absolute });
    }
    if (!isWithin(directoryName(real), this.root)) {
      throw new KustomizeError("PathOutsideRoot", `security; file '${absolute}' is not in or below '${this.root}'`, {
        file: absolute,
      });
    }
    return fileSystem.readFile(real);
  }

  /** Whether a file of this name can be loaded. */
  find(path: string): Uint8Array | undefined {
    try {
      return this.load(path);
    } catch (thrown) {
      if (thrown instanceof KustomizeError && thrown.code !== "LimitExceeded") return undefined;
      throw thrown;
    }
  }

  /** This loader and those that led to it. */
  *#trail(): Generator<Loader> {
    yield this;
    if (this.#referrer !== undefined) yield* this.#referrer.#trail();
  }

  #loadRemote(url: string): Uint8Array {
    const bytes = this.#context.remote.readFile(url);
    if (bytes !== undefined) return bytes;
    throw new KustomizeError(
      "FileNotFound",
      parseGitUrl(url) === undefined ? "HTTP Error" : "URL is a git repository",
      { file: url },
    );
  }

  #descendIntoRepository(url: GitUrl): Loader {
    for (const at of this.#trail()) {
      const visited = at.#repository?.url.raw;
      if (visited?.startsWith(url.raw) === true) {
        throw new KustomizeError(
          "CycleDetected",
          `cycle detected: URI '${url.raw}' referenced by previous URI '${visited}'`,
        );
      }
    }
    // What begins with a dash would be an option to the programs that fetch.
    if (/^(?:[a-z]+:\/\/)?(?:[^@/]*@)?-/.test(url.cloneUrl)) {
      throw new KustomizeError("RemoteRefused", `remote base '${url.raw}' refused: its host begins with a dash`);
    }
    const repository = this.#context.remote.openRepository(url);
    const context = { ...this.#context, fileSystem: repository.fileSystem, restrictor: "rootOnly" as const };
    const path = joinPath(repository.root, url.path);
    const root = confirmDirectory(repository.fileSystem, path, path);
    if (!isWithin(root, repository.root)) {
      throw new KustomizeError("PathOutsideRoot", `"${path}" refers to directory outside of repo "${repository.root}"`);
    }
    return new Loader(context, root, this, { url, root: repository.root });
  }

  #refuseOutsideRepository(root: string): void {
    for (const at of this.#trail()) {
      const repository = at.#repository;
      if (repository === undefined) continue;
      if (isWithin(root, repository.root)) return;
      throw new KustomizeError(
        "PathOutsideRoot",
        `security; bases in kustomizations found in cloned git repos must be within the repo, but base '${root}' is outside '${repository.root}'`,
      );
    }
  }

  #refuseCycle(root: string): void {
    for (const at of this.#trail()) {
      if (at.#context.fileSystem !== this.#context.fileSystem || !isWithin(at.root, root)) continue;
      throw new KustomizeError(
        "CycleDetected",
        `cycle detected: candidate root '${root}' contains visited root '${at.root}'`,
        { file: root },
      );
    }
  }
}

/** The directory's real path. Throws when there is none, or a file. */
function confirmDirectory(fileSystem: FileSystem, path: string, shown: string): string {
  let real: string;
  try {
    real = realPath(fileSystem, path);
  } catch (thrown) {
    throw withPrefix(thrown, "must build at directory: not a valid directory");
  }
  if (fileSystem.stat(real) === "directory") return real;
  throw new KustomizeError("NotADirectory", `must build at directory: '${shown}': file is not directory`, {
    file: path,
  });
}

/** Resolves links, naming the first part that is missing. */
function realPath(fileSystem: FileSystem, path: string): string {
  if (fileSystem.stat(path) !== undefined) return fileSystem.realPath(path);
  const { part, problem } = firstMissing(fileSystem, path);
  throw new KustomizeError("FileNotFound", `evalsymlink failure on '${path}' : lstat ${part}: ${problem}`, {
    file: path,
  });
}

function firstMissing(fileSystem: FileSystem, path: string): { readonly part: string; readonly problem: string } {
  let at = "/";
  for (const name of path.split("/")) {
    if (name === "") continue;
    const next = joinPath(at, name);
    const found = fileSystem.stat(next);
    if (found === undefined) return { part: next, problem: "no such file or directory" };
    if (found === "file" && next !== path)
      return { part: joinPath(next, childOf(next, path)), problem: "not a directory" };
    at = next;
  }
  return { part: path, problem: "no such file or directory" };
}

function childOf(directory: string, path: string): string {
  return path.slice(directory.length + 1).split("/")[0] ?? baseName(path);
}

function readAnyFile(fileSystem: FileSystem, path: string): Uint8Array {
  const found = fileSystem.stat(path);
  if (found === "file") return fileSystem.readFile(path);
  if (found === "directory") {
    throw new KustomizeError("NotADirectory", `read ${path}: is a directory`, { file: path });
  }
  throw new KustomizeError("FileNotFound", `open ${path}: no such file or directory`, { file: path });
}
