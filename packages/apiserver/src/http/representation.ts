import type { Json, JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import type { StoredObject } from "../storage/stored-object.ts";
import type { Representation } from "./media-type.ts";

/** What objects and lists may be asked to be turned into. */
export const objectTransforms: readonly string[] = ["v1", "v1beta1"].flatMap((version) =>
  ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"].map((kind) => `meta.k8s.io/${version}/${kind}`),
);

/** The metadata of an object as an object of its own. */
export function partialMetadata({ metadata }: KubeObject): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

/** How much of each object a table row carries along. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  /** Milliseconds since the epoch: ages are relative to it. */
  readonly now: number;
  readonly includeObject: IncludeObject;
  readonly version: string;
  /** Left out in all events of a watch but the first. */
  readonly withColumns: boolean;
}

/** Objects as a `Table`, in the version of the store. */
export function toTable(
  store: ResourceStore,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  options: TableOptions,
): JsonObject {
  const { columns } = store.version;
  const apiVersion = `meta.k8s.io/${options.version}`;
  const rows = objects.map((object): JsonObject => {
    const row: JsonObject = { cells: columns.cells(object, options.now) };
    if (options.includeObject === "Object") row["object"] = object;
    else row["object"] = options.includeObject === "Metadata" ? { ...partialMetadata(object), apiVersion } : null;
    return row;
  });
  return {
    kind: "Table",
    apiVersion,
    metadata,
    columnDefinitions: options.withColumns ? columns.definitions.map((column): Json => ({ ...column })) : null,
    rows,
  };
}

/** The bytes of one object in the wanted representation. */
export function encodeObject(
  store: ResourceStore,
  stored: StoredObject,
  representation: Representation,
  table: TableOptions,
): Buffer {
  if (representation.as === "Table") {
    const { resourceVersion = "" } = stored.object.metadata;
    return Buffer.from(JSON.stringify(toTable(store, [store.inVersion(stored.object)], { resourceVersion }, table)));
  }
  if (representation.as?.startsWith("PartialObjectMetadata") === true) {
    return stored.encoded("PartialObjectMetadata", partialMetadata);
  }
  return store.encode(stored);
}
