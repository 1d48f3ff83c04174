/**
 * `kustomize build` as a pure function over a file system that is passed in.
 *
 * @example
 * ```ts
 * import { build, format, MemoryFileSystem } from "@sluice/kustomize";
 *
 * const files = new Map([
 *   ["/app/kustomization.yaml", "namePrefix: dev-\nresources: [config.yaml]\n"],
 *   ["/app/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"],
 * ]);
 * console.log(format(build(new MemoryFileSystem(files), "/app")));
 * ```
 * @packageDocumentation
 */
export { build, type BuildOptions, format, formatFiles } from "./build.ts";
export { KustomizeError, type KustomizeErrorCode } from "./errors.ts";
export type { FileSystem } from "./file-system.ts";
export { type GitUrl, parseGitUrl } from "./git-url.ts";
export type { Gvk } from "./gvk.ts";
export { type Kustomization, kustomizationFileNames } from "./kustomization.ts";
export type { LoadRestrictor, RemoteLoader, RemoteRepository } from "./loader.ts";
export { MemoryFileSystem, type SymbolicLink } from "./memory-file-system.ts";
export type { Origin, OriginConfigurer } from "./origin.ts";
export { parseKustomization } from "./parse-kustomization.ts";
export { ParseCache, type ParseCacheOptions } from "./parse-cache.ts";
export type { ResId } from "./res-id.ts";
export { ResMap } from "./res-map.ts";
export type { GenerationBehavior, PlainObject, Resource } from "./resource.ts";
