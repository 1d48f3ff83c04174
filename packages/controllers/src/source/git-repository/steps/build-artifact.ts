import type { Artifact, GitRepository } from "@sluice/api";
import {
  type ArtifactStorage,
  createArchive,
  createSourceFilter,
  type FileTree,
  GitError,
  type GitClient,
  type GitRemote,
  isIgnoreFile,
  openTree,
  type StoredArtifact,
  type TreeLimits,
} from "@sluice/source";
import { copyInclude, overlay } from "./includes.ts";
import { ownerOf } from "./observe-storage.ts";

export interface BuildOptions {
  readonly git: GitClient;
  readonly storage: ArtifactStorage;
  readonly limits: TreeLimits;
  readonly signal: AbortSignal;
}

/** What an artifact is made of. */
export interface BuildInput {
  readonly object: GitRepository;
  readonly remote: GitRemote;
  readonly commit: string;
  /** In the order of `spec.include`. */
  readonly includes: readonly Artifact[];
}

function textsOf(files: FileTree): ReadonlyMap<string, string> {
  return new Map([...files].map(([path, file]) => [path, Buffer.from(file.bytes).toString("utf8")]));
}

/**
 * Gathers the files of an artifact: those of the commit and of the included artifacts, without what `.sourceignore`
 * files and `spec.ignore` leave out. Content that is left out is never read.
 */
async function gatherFiles(input: BuildInput, options: BuildOptions): Promise<FileTree> {
  const { object, remote, commit, includes } = input;
  const { spec } = object;
  const tree = await openTree(options.git, remote, commit, {
    ...(spec.sparseCheckout !== undefined && { sparseCheckout: spec.sparseCheckout }),
    recurseSubmodules: spec.recurseSubmodules ?? false,
    limits: options.limits,
    signal: options.signal,
  }).catch((error: unknown) => {
    if (!(error instanceof GitError) || (error.code !== "PathNotFound" && error.code !== "InvalidPath")) throw error;
    throw new GitError(error.code, `failed to sparse checkout directories : ${error.message}`, { cause: error });
  });
  let included: FileTree = new Map();
  for (const [index, include] of (spec.include ?? []).entries()) {
    const artifact = includes[index];
    if (artifact !== undefined) included = await copyInclude(included, options.storage, include, artifact);
  }
  const ignoreFiles = new Map([
    ...textsOf(await tree.read(tree.paths.filter(isIgnoreFile))),
    ...textsOf(new Map([...included].filter(([path]) => isIgnoreFile(path)))),
  ]);
  const keep = createSourceFilter(ignoreFiles, spec.ignore);
  const own = await tree.read(tree.paths.filter((path) => keep(path) && !included.has(path)));
  return overlay(
    own,
    [...included].filter(([path]) => keep(path)),
  );
}

/** Packs what {@link gatherFiles} finds into the storage, under the commit's name. */
export async function buildArtifact(input: BuildInput, options: BuildOptions): Promise<StoredArtifact> {
  const files = await gatherFiles(input, options);
  const { signal } = options;
  return options.storage.store(ownerOf(input.object), `${input.commit}.tar.gz`, createArchive(files, { signal }), {
    signal,
  });
}
