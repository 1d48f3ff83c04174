import { systemContext } from "../bootstrap.ts";
import { formatTime } from "../clock.ts";
import type { Controller, ControllerContext } from "../controllers/controller.ts";
import { WorkLoop } from "../controllers/work-loop.ts";
import { setCondition } from "../crd/conditions.ts";
import { formatGroupResource } from "../errors/status-errors.ts";
import { cloneJson, objectAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import { namespaceFinalizer } from "./namespace-strategy.ts";

/** Empties namespaces that are being deleted, says what still holds them, and lets them go once nothing does. */
export function startNamespaceController({ registry, clock, logError }: ControllerContext): Controller {
  const namespaces = registry.getStore("", "namespaces");
  const loop = new WorkLoop((name) => empty(name), logError);

  const empty = (name: string): void => {
    const namespace = namespaces.find({ namespace: "", name })?.object;
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (!stringsAt(namespace, "spec", "finalizers").includes(namespaceFinalizer)) return;
    const now = clock.now();
    const remaining = deleteContent(name, now);
    if (remaining.length === 0) {
      const update = { subresource: "finalize", transform: withoutFinalizer };
      namespaces.update({ namespace: "", name }, update, systemContext("kube-controller-manager", now));
      return;
    }
    namespaces.update(
      { namespace: "", name },
      { subresource: "status", transform: (current) => describe(current, remaining, formatTime(now)) },
      systemContext("kube-controller-manager", now),
    );
  };

  /** Deletes what is in a namespace. Returns what is left, as something holds it. */
  const deleteContent = (namespace: string, now: number): KubeObject[] => {
    const remaining: KubeObject[] = [];
    const seen = new Set<string>();
    for (const definition of registry.definitions()) {
      const { namespaced, stored, collection, group, resource } = definition;
      if (!namespaced || !stored || seen.has(collection)) continue;
      seen.add(collection);
      const store = registry.findStore(group, resource);
      if (store !== undefined) remaining.push(...deleteAll(store, namespace, now));
    }
    return remaining;
  };

  const unsubscribe = registry.store.subscribe((collection, { type, stored }) => {
    const { metadata } = stored.object;
    if (collection.name === "/namespaces") {
      if (type !== "DELETED" && metadata.deletionTimestamp !== undefined) loop.add(metadata.name);
    } else if (type === "DELETED" && metadata.namespace !== undefined) {
      const owner = namespaces.find({ namespace: "", name: metadata.namespace })?.object;
      if (owner?.metadata.deletionTimestamp !== undefined) loop.add(metadata.namespace);
    }
  });
  for (const { object } of namespaces.collection.list("")) loop.add(object.metadata.name);
  return {
    stop: () => {
      unsubscribe();
      loop.stop();
    },
  };
}

function deleteAll(store: ResourceStore, namespace: string, now: number): KubeObject[] {
  const remaining: KubeObject[] = [];
  for (const { object } of store.collection.list(`${namespace}/`)) {
    const at = { namespace, name: object.metadata.name };
    if (object.metadata.deletionTimestamp !== undefined) {
      remaining.push(object);
      continue;
    }
    if (store.find(at) === undefined) continue;
    const result = store.delete(at, { propagationPolicy: "Background" }, systemContext("kube-controller-manager", now));
    if (!result.removed) remaining.push(result.object);
  }
  return remaining;
}

function withoutFinalizer(namespace: KubeObject): KubeObject {
  const finalizers = stringsAt(namespace, "spec", "finalizers").filter((finalizer) => finalizer !== namespaceFinalizer);
  const spec = { ...cloneJson(objectAt(namespace, "spec") ?? {}), finalizers };
  return { ...cloneJson(namespace), spec };
}

/** Writes into a namespace's conditions what still holds it. */
function describe(current: KubeObject, remaining: readonly KubeObject[], lastTransitionTime: string): KubeObject {
  const namespace = cloneJson(current);
  const condition = (type: string, status: "True" | "False", reason: string, message: string): void =>
    setCondition(namespace, { type, status, reason, message, lastTransitionTime });
  condition(
    "NamespaceDeletionDiscoveryFailure",
    "False",
    "ResourcesDiscovered",
    "All resources successfully discovered",
  );
  condition(
    "NamespaceDeletionGroupVersionParsingFailure",
    "False",
    "ParsedGroupVersions",
    "All legacy kube types successfully parsed",
  );
  condition(
    "NamespaceDeletionContentFailure",
    "False",
    "ContentDeleted",
    "All content successfully deleted, may be waiting on finalization",
  );
  const resources = count(remaining.map(resourceName)).map(([name, size]) => `${name} has ${size} resource instances`);
  condition(
    "NamespaceContentRemaining",
    "True",
    "SomeResourcesRemain",
    `Some resources are remaining: ${resources.join(", ")}`,
  );
  const finalizers = count(remaining.flatMap(({ metadata }) => metadata.finalizers ?? [])).map(
    ([name, size]) => `${name} in ${size} resource instances`,
  );
  if (finalizers.length > 0) {
    condition(
      "NamespaceFinalizersRemaining",
      "True",
      "SomeFinalizersRemain",
      `Some content in the namespace has finalizers remaining: ${finalizers.join(", ")}`,
    );
  } else
    condition(
      "NamespaceFinalizersRemaining",
      "False",
      "ContentHasNoFinalizers",
      "All content-preserving finalizers finished",
    );
  return namespace;
}

function resourceName({ apiVersion, kind }: KubeObject): string {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const plural = kind.toLowerCase().endsWith("s") ? `${kind.toLowerCase()}es` : `${kind.toLowerCase()}s`;
  return slash < 0 ? `${plural}.` : formatGroupResource({ group, resource: plural });
}

function count(names: readonly string[]): [string, number][] {
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return [...sizes].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
