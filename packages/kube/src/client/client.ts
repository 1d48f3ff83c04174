import type { GroupVersionKind, KubernetesList, KubernetesObject, ObjectKey, UnstructuredObject } from "@sluice/api";

/** What every request may carry. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends RequestOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Page size of the requests; the answer of `list` is always complete. */
  readonly limit?: number;
  readonly resourceVersion?: string;
  /** Ask for `PartialObjectMetadata` only: cheap lists and watches over many objects. */
  readonly metadataOnly?: boolean;
}

export interface WatchOptions extends RequestOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Where to begin: normally the resourceVersion of the list before. */
  readonly resourceVersion?: string;
  readonly metadataOnly?: boolean;
  readonly allowBookmarks?: boolean;
}

/** One event of a watch. A bookmark carries nothing but a resourceVersion to resume from. */
export type WatchEvent<T extends KubernetesObject = UnstructuredObject> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | { readonly type: "BOOKMARK"; readonly object: { readonly metadata: { readonly resourceVersion: string } } };

export interface WriteOptions extends RequestOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  /** `status`, `scale`, …; the object itself when absent. */
  readonly subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields from other managers instead of failing with a conflict. */
  readonly force?: boolean;
}

/** The four kinds of patch, named as in `Content-Type`. */
export type PatchType = "json" | "merge" | "strategic" | "apply";

export interface PatchOptions extends WriteOptions {
  readonly force?: boolean;
}

export interface DeleteOptions extends RequestOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

/** Who requests are made as, beside or instead of the credentials' own identity. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

/** Reads objects. Every method throws a `StatusError` for an answer above 399 and `NoMatchError` for an unknown kind. */
export interface Reader {
  get<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    options?: RequestOptions & { readonly metadataOnly?: boolean },
  ): Promise<T>;
  /** As `get`, with `undefined` for an object that does not exist. */
  find<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    options?: RequestOptions & { readonly metadataOnly?: boolean },
  ): Promise<T | undefined>;
  /** All objects that match, page by page behind the scenes. */
  list<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    options?: ListOptions,
  ): Promise<KubernetesList<T>>;
  /** Ends when the server closes the stream, throws when it fails (`isGone` means: list again). */
  watch<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    options?: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
}

/** Writes objects. The answer is the object as the server has stored it. */
export interface Writer {
  create<T extends KubernetesObject>(object: T, options?: WriteOptions): Promise<T>;
  update<T extends KubernetesObject>(object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    key: ObjectKey,
    patch: { readonly type: PatchType; readonly body: unknown },
    options?: PatchOptions,
  ): Promise<T>;
  /** Server-side apply of a whole or partial object. */
  apply<T extends KubernetesObject>(object: T, options: ApplyOptions): Promise<T>;
  delete(gvk: GroupVersionKind, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}

/** A connection to one API server under one identity. Objects pass through untouched, unknown fields included. */
export interface Client extends Reader, Writer {
  /** Knows which resource serves a kind; refreshes discovery when a kind is unknown. */
  readonly restMapper: RestMapper;
  /** The same server seen as somebody else. The connection pool is shared. */
  impersonate(identity: Impersonation): Client;
  /** Anything that has no method of its own: `/version`, `/logs`, subresources. */
  request(method: string, path: string, options?: RequestOptions & { readonly body?: unknown }): Promise<unknown>;
}

/** How a kind is served. */
export interface RestMapping {
  readonly gvk: GroupVersionKind;
  /** Plural, as in URLs: `deployments`. */
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

/** Maps kinds to resources by discovery. */
export interface RestMapper {
  /** Throws `NoMatchError` when the server does not serve the kind even after a refresh. */
  mappingFor(gvk: GroupVersionKind, options?: RequestOptions): Promise<RestMapping>;
  /** Every kind that the server serves, preferred versions first. */
  mappings(options?: RequestOptions): Promise<readonly RestMapping[]>;
  /** Forgets what discovery said. */
  reset(): void;
}
