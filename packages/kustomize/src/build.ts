import type { BuildContext } from "./build-context.ts";
import { KustomizeError, rephrase } from "./errors.ts";
import { fieldSpec } from "./field-spec.ts";
import type { FileSystem } from "./file-system.ts";
import { dumpGo } from "./format/go-dump.ts";
import { formatResource } from "./format/format-resource.ts";
import { Loader, type LoadRestrictor, refusingRemoteLoader, type RemoteLoader } from "./loader.ts";
import { messageOf } from "@sluice/errors";
import type { ParseCache } from "./parse-cache.ts";
import { effectiveNamespace } from "./res-id.ts";
import type { ResMap } from "./res-map.ts";
import type { Resource } from "./resource.ts";
import { ResourceFactory } from "./resource-factory.ts";
import { OpenApi } from "./schema/open-api.ts";
import { Target } from "./target.ts";
import { setStringMaps } from "./transformers/labels.ts";
import { sortResources } from "./transformers/sort-order.ts";

/** How a build is done. */
export interface BuildOptions {
  /** Whether files may lie outside the directory of the kustomization that names them. Default `rootOnly`. */
  readonly loadRestrictor?: LoadRestrictor;
  /** The order where no `sortOptions` ask for one: `legacy` (default) sorts by kind, `none` keeps it. */
  readonly reorder?: "legacy" | "none";
  /** Adds `app.kubernetes.io/managed-by`, as `buildMetadata: [managedByLabel]` does. */
  readonly managedByLabel?: boolean;
  /** Fetches remote files and repositories; the default refuses. */
  readonly remoteLoader?: RemoteLoader;
  /** Remembers parsed files from one build to the next. */
  readonly parseCache?: ParseCache;
  /** How many kustomizations may be nested. Default 100. */
  readonly maxDepth?: number;
  /** How large a single file may be. Default 32 MiB. */
  readonly maxFileBytes?: number;
  /** Gets what kustomize prints to stderr while it goes on: deprecated fields, unused variables. */
  readonly onWarning?: (message: string) => void;
}

/** What the label `app.kubernetes.io/managed-by` says: the release whose behaviour this is. */
const managedBy = "kustomize-v5.8.1";
const defaultMaxDepth = 100;
const defaultMaxFileBytes = 32 * 1024 * 1024;

/**
 * Does what `kustomize build` does: reads the kustomization in `root` and all that it names, and returns the resulting
 * objects in order. Synchronous, and touches nothing but the file system that is passed in.
 * @throws KustomizeError
 */
export function build(fileSystem: FileSystem, root: string, options: BuildOptions = {}): ResMap {
  try {
    return buildRoot(fileSystem, root, options);
  } catch (thrown) {
    throw thrown instanceof KustomizeError ? thrown : rephrase(thrown, messageOf(thrown));
  }
}

function buildRoot(fileSystem: FileSystem, root: string, options: BuildOptions): ResMap {
  const openApi = new OpenApi();
  const context: BuildContext = {
    openApi,
    factory: new ResourceFactory(openApi, options.parseCache),
    warn: options.onWarning ?? (() => undefined),
    maxDepth: options.maxDepth ?? defaultMaxDepth,
  };
  const loader = Loader.open(
    {
      fileSystem,
      restrictor: options.loadRestrictor ?? "rootOnly",
      remote: options.remoteLoader ?? refusingRemoteLoader,
      maxFileBytes: options.maxFileBytes ?? defaultMaxFileBytes,
    },
    root,
  );
  const target = Target.openRoot(loader, context);
  const resources = target.build();
  finish(resources, target, options);
  return resources;
}

function finish(resources: ResMap, { kustomization }: Target, options: BuildOptions): void {
  const { sortOptions, buildMetadata = [] } = kustomization;
  if (sortOptions !== undefined) sortResources(resources, sortOptions);
  else if (options.reorder !== "none") sortResources(resources, { order: "legacy" });
  if (options.managedByLabel === true || buildMetadata.includes("managedByLabel")) {
    const label = new Map([["app.kubernetes.io/managed-by", managedBy]]);
    setStringMaps(label, [fieldSpec("metadata/labels", { create: true })])(resources);
  }
  for (const resource of resources.resources) {
    resource.removeBuildAnnotations();
    if (!buildMetadata.includes("originAnnotations")) resource.setOrigin(undefined);
    if (!buildMetadata.includes("transformerAnnotations")) resource.clearTransformations();
  }
}

/**
 * Prints the objects as `kustomize build` does, separated by `---`.
 * @throws KustomizeError with code `NotSerializable` for values that have no form in JSON.
 */
export function format(resources: ResMap): string {
  return resources.resources.map(formatOne).join("---\n");
}

/**
 * Prints each object into a file of its own, as `kustomize build -o DIRECTORY` does: `[namespace_]group_version_kind_name.yaml`,
 * with the namespace where there are several.
 * @throws KustomizeError with code `NotSerializable` for values that have no form in JSON.
 */
export function formatFiles(resources: ResMap): Map<string, string> {
  const identified = resources.resources.map((resource) => ({ resource, id: resource.currentId }));
  const namespaces = new Set(identified.filter(({ id }) => !id.clusterScoped).map(({ id }) => effectiveNamespace(id)));
  return new Map(
    identified.map(({ resource, id }) => {
      const kind = [id.group, id.version, id.kind].filter((part) => part !== "").join("_");
      const prefix = id.clusterScoped || namespaces.size < 2 ? "" : `${effectiveNamespace(id)}_`;
      return [`${prefix}${kind}_${id.name}.yaml`.toLowerCase(), formatOne(resource)];
    }),
  );
}

function formatOne({ node }: Resource): string {
  try {
    return formatResource(node);
  } catch (thrown) {
    throw rephrase(thrown, `${dumpGo(node)}: ${messageOf(thrown)}`, {}, "NotSerializable");
  }
}
