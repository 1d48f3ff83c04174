import type { GroupVersionKind } from "@sluice/api";
import type { KubeObject } from "../json/object.ts";
import type { ChangeType, Cluster } from "./cluster.ts";

/** Names an object across kinds: `Pod/default/web-1`. */
export function mirrorKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ""}/${name}`;
}

/** The simulation's own view of the kinds it watches, with an index from owners to what they control. */
export class Mirror {
  readonly #objects = new Map<string, KubeObject>();
  readonly #byController = new Map<string, Map<string, KubeObject>>();
  readonly #byNamespace = new Map<string, Map<string, KubeObject>>();

  /** Follows a kind; `onChange` is called after the view has taken the change in. */
  follow(
    cluster: Cluster,
    kind: GroupVersionKind,
    onChange: (object: KubeObject, type: ChangeType) => void,
  ): () => void {
    return cluster.subscribe(kind, (type, object) => {
      this.#take(type, object);
      onChange(object, type);
    });
  }

  find(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(mirrorKey(kind, namespace, name));
  }

  /** What an object controls, of one kind. */
  controlledBy(owner: KubeObject, kind: string): KubeObject[] {
    const owned = this.#byController.get(owner.metadata.uid ?? "");
    return owned === undefined ? [] : [...owned.values()].filter((each) => each.kind === kind);
  }

  /** All objects of a kind in a namespace. */
  inNamespace(kind: string, namespace: string | undefined): KubeObject[] {
    return [...(this.#byNamespace.get(`${kind}/${namespace ?? ""}`)?.values() ?? [])];
  }

  #take(type: ChangeType, object: KubeObject): void {
    const { namespace, name } = object.metadata;
    const key = mirrorKey(object.kind, namespace, name);
    const before = this.#objects.get(key);
    if (before !== undefined) this.#unlink(key, before);
    if (type === "DELETED") this.#objects.delete(key);
    else {
      this.#objects.set(key, object);
      link(this.#byController, controllerUid(object), key, object);
      link(this.#byNamespace, `${object.kind}/${namespace ?? ""}`, key, object);
    }
  }

  #unlink(key: string, object: KubeObject): void {
    unlink(this.#byController, controllerUid(object), key);
    unlink(this.#byNamespace, `${object.kind}/${object.metadata.namespace ?? ""}`, key);
  }
}

/** The uid of the owner that controls the object. */
export function controllerUid(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true)?.uid;
}

type Index = Map<string, Map<string, KubeObject>>;

function link(index: Index, group: string | undefined, key: string, object: KubeObject): void {
  if (group === undefined) return;
  const members = index.get(group) ?? new Map<string, KubeObject>();
  members.set(key, object);
  index.set(group, members);
}

function unlink(index: Index, group: string | undefined, key: string): void {
  if (group === undefined) return;
  const members = index.get(group);
  members?.delete(key);
  if (members?.size === 0) index.delete(group);
}
