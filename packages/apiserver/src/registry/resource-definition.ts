import type { KubeObject } from "../json/object.ts";
import type { ResourceStrategy } from "./strategy.ts";
import type { ObjectSchema } from "./object-schema.ts";
import type { TableColumns } from "../table/columns.ts";

/** A part of a resource with its own endpoint, as discovery lists it. */
export interface Subresource {
  /** `status`, `scale`, `token`. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** For `scale` of custom resources: where in the object the numbers are. Built-in kinds all have them in one place. */
  readonly scalePaths?: ScalePaths;
}

/** JSON paths such as `.spec.replicas`; `""` for none. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly labelSelector: string;
}

/** How one version of a resource is served. */
export interface ResourceVersion {
  readonly version: string;
  /** `apps/v1`. */
  readonly apiVersion: string;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  readonly schema: ObjectSchema;
  readonly strategy: ResourceStrategy;
  readonly columns: TableColumns;
  /** Fields beyond name and namespace that `fieldSelector` may name. */
  readonly selectableFields: readonly string[];
  /** Sent as a warning with every answer; absent for versions in good standing. */
  readonly deprecationWarning?: string;
  /** Turns an object of the storage version into this version. Absent when they only differ in `apiVersion`. */
  readonly fromStorage?: (object: KubeObject) => KubeObject;
  readonly toStorage?: (object: KubeObject) => KubeObject;
}

/** A resource of the API with all versions that it is served in. */
export interface ResourceDefinition {
  readonly group: string;
  /** Plural, as in URLs. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Name of the storage collection. Resources that are two views of one thing (events) share it. */
  readonly collection: string;
  readonly storageApiVersion: string;
  /** The served versions by name, the preferred one first. */
  readonly versions: ReadonlyMap<string, ResourceVersion>;
  /** Whether objects are kept; reviews and the like are only answered. */
  readonly stored: boolean;
  /** Set for custom resources. */
  readonly custom: boolean;
  readonly storageVersionHash?: string;
}

/** Names a resource independently of versions. */
export function resourceKey(group: string, resource: string): string {
  return `${group}/${resource}`;
}

/** The object as a version of its resource shows it. The input is left alone. */
export function toVersion(definition: ResourceDefinition, version: ResourceVersion, object: KubeObject): KubeObject {
  if (object.apiVersion === version.apiVersion) return object;
  if (version.fromStorage !== undefined && object.apiVersion === definition.storageApiVersion) {
    return version.fromStorage(object);
  }
  return { ...object, apiVersion: version.apiVersion };
}

/** The object as it is stored. The input is left alone. */
export function toStorage(definition: ResourceDefinition, version: ResourceVersion, object: KubeObject): KubeObject {
  if (object.apiVersion === definition.storageApiVersion) return object;
  if (version.toStorage !== undefined) return version.toStorage(object);
  return { ...object, apiVersion: definition.storageApiVersion };
}
