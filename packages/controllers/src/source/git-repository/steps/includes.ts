import { posix } from "node:path";
import { type Artifact, type GitRepository, gitRepositoryGvk, type GitRepositoryInclude } from "@sluice/api";
import type { Reader } from "@sluice/kube";
import {
  type ArtifactStorage,
  digestOf,
  extractArchive,
  type FileTree,
  parseDigest,
  type TreeFile,
} from "@sluice/source";
import { GitRepositoryError } from "../errors.ts";

/**
 * Finds the artifacts of the included repositories, in the order of `spec.include`.
 *
 * @throws GitRepositoryError `IncludeNotFound`, `IncludeWithoutArtifact`
 */
export async function findIncludes(
  client: Reader,
  object: GitRepository,
  signal: AbortSignal,
): Promise<readonly Artifact[]> {
  const artifacts: Artifact[] = [];
  const namespace = object.metadata.namespace ?? "";
  for (const { repository } of object.spec.include ?? []) {
    const { name } = repository;
    const included = await client.find<GitRepository>(gitRepositoryGvk, { namespace, name }, { signal });
    if (included === undefined) {
      const message = `could not get resource for include '${name}': gitrepositories.source.toolkit.fluxcd.io "${name}" not found`;
      throw new GitRepositoryError("IncludeNotFound", message);
    }
    const artifact = included.status?.artifact;
    if (artifact === undefined) {
      throw new GitRepositoryError("IncludeWithoutArtifact", `no artifact available for include '${name}'`);
    }
    artifacts.push(artifact);
  }
  return artifacts;
}

/** A path below the root, `..` and all: `""` is the root itself. */
function confine(path: string): string {
  return posix.resolve("/", path).slice(1);
}

async function readArtifact(storage: ArtifactStorage, name: string, artifact: Artifact): Promise<FileTree> {
  const fail = (why: string): never => {
    throw new GitRepositoryError("IncludeNotCopied", `failed to copy '${name}' include: ${why}`);
  };
  const file = await storage.read(artifact.path);
  if (file === undefined) return fail(`its artifact ${artifact.path} is not in the storage`);
  const bytes = Buffer.concat(await Array.fromAsync(file.stream as AsyncIterable<Buffer>));
  if (digestOf(bytes, parseDigest(artifact.digest).algorithm) !== artifact.digest) {
    return fail(`its artifact ${artifact.path} does not have the digest ${artifact.digest}`);
  }
  return extractArchive(bytes, { links: "skip" });
}

/** The part of a tree at `fromPath`, moved to `toPath`. */
function move(files: FileTree, fromPath: string, toPath: string): readonly (readonly [string, TreeFile])[] {
  const prefix = fromPath === "" ? "" : `${fromPath}/`;
  return [...files].flatMap(([path, file]) => {
    if (path === fromPath) return [[toPath, file] as const];
    return path.startsWith(prefix) ? [[posix.join(toPath, path.slice(prefix.length)), file] as const] : [];
  });
}

/** Returns the tree with other files on top; where a file meets a directory, the new one wins. */
export function overlay(files: FileTree, added: readonly (readonly [string, TreeFile])[]): FileTree {
  if (added.length === 0) return files;
  const newPaths = new Set(added.map(([path]) => path));
  const newDirectories = new Set<string>();
  for (const path of newPaths) {
    for (let at = posix.dirname(path); at !== "." && !newDirectories.has(at); at = posix.dirname(at)) {
      newDirectories.add(at);
    }
  }
  const isReplaced = (path: string): boolean => {
    if (newDirectories.has(path)) return true;
    for (let at = posix.dirname(path); at !== "."; at = posix.dirname(at)) if (newPaths.has(at)) return true;
    return false;
  };
  return new Map([...[...files].filter(([path]) => !isReplaced(path)), ...added]);
}

/**
 * Copies (part of) an included artifact into a tree.
 *
 * @throws GitRepositoryError `IncludeNotCopied`
 */
export async function copyInclude(
  files: FileTree,
  storage: ArtifactStorage,
  include: GitRepositoryInclude,
  artifact: Artifact,
): Promise<FileTree> {
  const { name } = include.repository;
  const fromPath = confine(include.fromPath ?? "");
  const toPath = confine(include.toPath === undefined || include.toPath === "" ? name : include.toPath);
  const moved = move(await readArtifact(storage, name, artifact), fromPath, toPath);
  if (moved.length === 0) {
    const message = `failed to copy '${name}' include from ${include.fromPath ?? ""} to ${toPath}: no such file or directory`;
    throw new GitRepositoryError("IncludeNotCopied", message);
  }
  return overlay(files, moved);
}
