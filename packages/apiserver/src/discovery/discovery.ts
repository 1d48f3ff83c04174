import { stringAt, type JsonObject } from "../json/json.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceDefinition, ResourceVersion } from "../registry/resource-definition.ts";
import { compareVersions } from "./version-order.ts";

/** One version of a group with what it serves. */
interface ServedVersion {
  readonly version: string;
  readonly resources: readonly { readonly definition: ResourceDefinition; readonly served: ResourceVersion }[];
}

export interface ServedGroup {
  /** `""` for the core group. */
  readonly name: string;
  /** The preferred version first. */
  readonly versions: readonly ServedVersion[];
}

/** Everything that is served, by group and version: built-in groups in their order, then custom ones by name. */
export function servedGroups(registry: Registry): ServedGroup[] {
  const groups = new Map<string, Map<string, { definition: ResourceDefinition; served: ResourceVersion }[]>>();
  const custom = new Set<string>();
  for (const definition of registry.definitions()) {
    if (!groups.has(definition.group)) {
      groups.set(definition.group, new Map());
      if (definition.custom) custom.add(definition.group);
    }
    const versions = groups.get(definition.group);
    for (const served of definition.versions.values()) {
      const list = versions?.get(served.version) ?? [];
      list.push({ definition, served });
      versions?.set(served.version, list);
    }
  }
  const names = [...groups.keys()];
  const ordered = [
    ...names.filter((name) => !custom.has(name)),
    ...names.filter((name) => custom.has(name)).toSorted(),
  ];
  return ordered.map((name) => ({
    name,
    versions: [...(groups.get(name) ?? [])]
      .map(([version, resources]) => ({ version, resources }))
      .toSorted((a, b) => compareVersions(a.version, b.version)),
  }));
}

function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

function groupObject({ name, versions }: ServedGroup): JsonObject {
  const list = versions.map(({ version }) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: list, preferredVersion: list[0] ?? {} };
}

/** `/apis`. */
export function apiGroupList(registry: Registry): JsonObject {
  const groups = servedGroups(registry).filter(({ name }) => name !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupObject) };
}

/** `/apis/GROUP`; `undefined` when there is no such group. */
export function apiGroup(registry: Registry, name: string): JsonObject | undefined {
  const group = servedGroups(registry).find((each) => each.name === name && name !== "");
  return group === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...groupObject(group) };
}

/** `/api`. */
export function apiVersions(serverAddress: string): JsonObject {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** `/api/v1` and `/apis/GROUP/VERSION`; `undefined` when it is not served. */
export function apiResourceList(registry: Registry, group: string, version: string): JsonObject | undefined {
  const served = servedGroups(registry)
    .find(({ name }) => name === group)
    ?.versions.find((each) => each.version === version);
  if (served === undefined) return undefined;
  const resources = served.resources.flatMap(({ definition, served: resource }) => [
    resourceObject(definition, resource),
    ...resource.subresources.map((subresource): JsonObject => ({
      name: `${definition.resource}/${subresource.name}`,
      singularName: "",
      namespaced: definition.namespaced,
      ...(subresource.group === group && subresource.version === version
        ? {}
        : { group: subresource.group, version: subresource.version }),
      kind: subresource.kind,
      verbs: [...subresource.verbs],
    })),
  ]);
  return {
    kind: "APIResourceList",
    // The core group's answer is older than the field.
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: groupVersion(group, version),
    // Custom resources come in the order of their definition.
    resources: served.resources.some(({ definition }) => definition.custom)
      ? resources
      : resources.toSorted((a, b) => compareBy(a, b, "name")),
  };
}

function resourceObject(definition: ResourceDefinition, { verbs }: ResourceVersion): JsonObject {
  return {
    name: definition.resource,
    singularName: definition.singular,
    namespaced: definition.namespaced,
    kind: definition.kind,
    verbs: [...verbs],
    ...(definition.shortNames.length === 0 ? {} : { shortNames: [...definition.shortNames] }),
    ...(definition.categories.length === 0 ? {} : { categories: [...definition.categories] }),
    ...(definition.storageVersionHash === undefined ? {} : { storageVersionHash: definition.storageVersionHash }),
  };
}

/** `/api` or `/apis` in the aggregated form: all groups with all their resources in one answer. */
export function aggregatedDiscovery(registry: Registry, apiVersion: string, core: boolean): JsonObject {
  const groups = servedGroups(registry).filter(({ name }) => (name === "") === core);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: { ...(name === "" ? {} : { name }), creationTimestamp: null },
      versions: versions.map(({ version, resources }) => ({
        version,
        resources: resources
          .map(({ definition, served }) => aggregatedResource(name, version, definition, served))
          .toSorted((a, b) => compareBy(a, b, "resource")),
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedResource(
  group: string,
  version: string,
  definition: ResourceDefinition,
  { verbs, subresources }: ResourceVersion,
): JsonObject {
  return {
    resource: definition.resource,
    responseKind: { group, version, kind: definition.kind },
    scope: definition.namespaced ? "Namespaced" : "Cluster",
    singularResource: definition.singular,
    verbs: [...verbs],
    ...(definition.shortNames.length === 0 ? {} : { shortNames: [...definition.shortNames] }),
    ...(definition.categories.length === 0 ? {} : { categories: [...definition.categories] }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((subresource) => ({
            subresource: subresource.name,
            responseKind: { group: subresource.group, version: subresource.version, kind: subresource.kind },
            verbs: [...subresource.verbs],
          })),
        }),
  };
}

function compareBy(a: JsonObject, b: JsonObject, member: string): number {
  return (stringAt(a, member) ?? "") < (stringAt(b, member) ?? "") ? -1 : 1;
}
