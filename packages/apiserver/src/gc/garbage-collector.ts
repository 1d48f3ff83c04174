import { systemContext } from "../bootstrap.ts";
import type { Controller, ControllerContext } from "../controllers/controller.ts";
import { WorkLoop } from "../controllers/work-loop.ts";
import { cloneJson } from "../json/json.ts";
import type { KubeObject, OwnerReferenceJson } from "../json/object.ts";
import type { PropagationPolicy } from "../registry/deletion.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import { classifyOwners, OwnershipGraph, type Node } from "./ownership-graph.ts";

/** Deletes what has lost its owners, and carries out foreground and orphaning deletions. */
export function startGarbageCollector({ registry, clock, logError }: ControllerContext): Controller {
  const graph = new OwnershipGraph();

  const storeOf = (node: Node): ResourceStore | undefined => registry.storeOfCollection(node.collection);
  const placeOf = ({ key }: Node): { namespace: string; name: string } => {
    const slash = key.indexOf("/");
    return slash < 0 ? { namespace: "", name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
  };
  const change = (node: Node, edit: (object: KubeObject) => void): void => {
    const transform = (current: KubeObject): KubeObject => {
      const copy = cloneJson(current);
      edit(copy);
      return copy;
    };
    storeOf(node)?.update(
      placeOf(node),
      { subresource: "", transform },
      systemContext("kube-controller-manager", clock.now()),
    );
  };

  /** Looks at one object: does it still have an owner, and does it wait for anybody? */
  const visit = (uid: string): void => {
    const node = graph.find(uid);
    const store = node === undefined ? undefined : storeOf(node);
    const object = node === undefined ? undefined : store?.find(placeOf(node))?.object;
    if (node === undefined || store === undefined || object?.metadata.uid !== uid) return;
    if (node.isDeleting) finishDeletion(node, object);
    else collect(node, object, store);
  };

  const finishDeletion = (node: Node, object: KubeObject): void => {
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes("orphan")) {
      for (const dependent of Array.from(graph.dependentsOf(node.uid))) disown(dependent, node.uid);
      change(node, (copy) => removeFinalizer(copy, "orphan"));
    } else if (node.isForeground) {
      const blocking = [...graph.dependentsOf(node.uid)].filter((uid) => isBlocking(uid, node.uid));
      for (const uid of graph.dependentsOf(node.uid)) if (graph.find(uid)?.isDeleting === false) loop.add(uid);
      if (blocking.length === 0) change(node, (copy) => removeFinalizer(copy, "foregroundDeletion"));
    }
  };

  const isBlocking = (uid: string, owner: string): boolean =>
    graph.find(uid)?.owners.some((reference) => reference.uid === owner && reference.blockOwnerDeletion === true) ===
    true;

  const disown = (uid: string, owner: string): void => {
    const dependent = graph.find(uid);
    if (dependent !== undefined)
      change(dependent, (copy) => removeOwners(copy, (reference) => reference.uid === owner));
  };

  const collect = (node: Node, object: KubeObject, store: ResourceStore): void => {
    if (node.owners.length === 0) return;
    const { solid, dangling, waiting } = classifyOwners(node, graph);
    if (solid.length > 0) {
      const lost = new Set([...dangling, ...waiting].map((reference) => reference.uid));
      if (lost.size > 0) change(node, (copy) => removeOwners(copy, (reference) => lost.has(reference.uid)));
      return;
    }
    const hasDependents = graph.dependentsOf(node.uid).size > 0;
    const propagationPolicy = waiting.length > 0 && hasDependents ? "Foreground" : policyOf(object);
    const options = { propagationPolicy, preconditions: { uid: node.uid } } as const;
    store.delete(placeOf(node), options, systemContext("kube-controller-manager", clock.now()));
  };

  const loop = new WorkLoop(visit, logError);

  const learn = (collection: string, key: string, object: KubeObject): void => {
    const node = graph.put({ collection, key }, object);
    if (node === undefined) return;
    const { finalizers = [] } = object.metadata;
    const waits = node.isDeleting && (node.isForeground || finalizers.includes("orphan"));
    if (node.owners.length > 0 || waits) loop.add(node.uid);
  };

  for (const collection of registry.store.collections()) {
    for (const { key, object } of collection.list("")) learn(collection.name, key, object);
  }
  const unsubscribe = registry.store.subscribe((collection, { type, stored, previous }) => {
    const { object, key } = stored;
    if (type !== "DELETED") {
      const before = previous?.object.metadata;
      const { metadata } = object;
      const isUnchanged =
        before !== undefined &&
        before.ownerReferences === undefined &&
        metadata.ownerReferences === undefined &&
        metadata.deletionTimestamp === undefined;
      if (!isUnchanged) learn(collection.name, key, object);
      return;
    }
    const { uid = "", ownerReferences = [] } = object.metadata;
    const dependents = [...graph.dependentsOf(uid)];
    graph.remove(uid);
    for (const dependent of dependents) loop.add(dependent);
    for (const owner of ownerReferences) if (graph.find(owner.uid)?.isForeground === true) loop.add(owner.uid);
  });
  return {
    stop: () => {
      unsubscribe();
      loop.stop();
    },
  };
}

function policyOf({ metadata: { finalizers = [] } }: KubeObject): PropagationPolicy {
  if (finalizers.includes("orphan")) return "Orphan";
  return finalizers.includes("foregroundDeletion") ? "Foreground" : "Background";
}

function removeFinalizer({ metadata }: KubeObject, finalizer: string): void {
  metadata.finalizers = (metadata.finalizers ?? []).filter((each) => each !== finalizer);
}

function removeOwners({ metadata }: KubeObject, isLost: (reference: OwnerReferenceJson) => boolean): void {
  metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((reference) => !isLost(reference));
}
