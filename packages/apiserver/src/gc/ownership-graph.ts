import type { KubeObject, OwnerReferenceJson } from "../json/object.ts";

/** Where an object is stored. */
export interface Location {
  readonly collection: string;
  readonly key: string;
}

/** What the collector remembers of an object. */
export interface Node extends Location {
  readonly uid: string;
  readonly namespace: string;
  readonly owners: readonly OwnerReferenceJson[];
  /** Whether it is being deleted and waits for its dependents. */
  readonly isForeground: boolean;
  readonly isDeleting: boolean;
}

const noNodes: ReadonlySet<string> = new Set();

/** Who owns whom, by uid. */
export class OwnershipGraph {
  readonly #nodes = new Map<string, Node>();
  readonly #dependents = new Map<string, Set<string>>();

  find(uid: string): Node | undefined {
    return this.#nodes.get(uid);
  }

  /** The uids of the objects that name an owner. */
  dependentsOf(uid: string): ReadonlySet<string> {
    return this.#dependents.get(uid) ?? noNodes;
  }

  put(location: Location, object: KubeObject): Node | undefined {
    const { uid, namespace = "", ownerReferences = [], deletionTimestamp, finalizers = [] } = object.metadata;
    if (uid === undefined) return undefined;
    const before = this.#nodes.get(uid);
    if (before !== undefined && before.owners !== ownerReferences) this.#unlink(before);
    const node: Node = {
      ...location,
      uid,
      namespace,
      owners: ownerReferences,
      isDeleting: deletionTimestamp !== undefined,
      isForeground: deletionTimestamp !== undefined && finalizers.includes("foregroundDeletion"),
    };
    this.#nodes.set(uid, node);
    for (const owner of ownerReferences) {
      let dependents = this.#dependents.get(owner.uid);
      if (dependents === undefined) this.#dependents.set(owner.uid, (dependents = new Set()));
      dependents.add(uid);
    }
    return node;
  }

  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#unlink(node);
    this.#nodes.delete(uid);
  }

  #unlink(node: Node): void {
    for (const owner of node.owners) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(node.uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }
}

/** What has become of an object's owners. */
export interface OwnerStates {
  readonly solid: readonly OwnerReferenceJson[];
  readonly dangling: readonly OwnerReferenceJson[];
  /** Being deleted in the foreground: they wait for this object. */
  readonly waiting: readonly OwnerReferenceJson[];
}

/** Sorts the owners of an object. An owner in another namespace does not exist for it. */
export function classifyOwners(node: Node, graph: OwnershipGraph): OwnerStates {
  const solid: OwnerReferenceJson[] = [];
  const dangling: OwnerReferenceJson[] = [];
  const waiting: OwnerReferenceJson[] = [];
  for (const reference of node.owners) {
    const owner = graph.find(reference.uid);
    const isReachable = owner !== undefined && (owner.namespace === "" || owner.namespace === node.namespace);
    if (!isReachable) dangling.push(reference);
    else if (owner.isForeground) waiting.push(reference);
    else solid.push(reference);
  }
  return { solid, dangling, waiting };
}
