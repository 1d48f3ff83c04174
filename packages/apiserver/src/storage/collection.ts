import { freezeJson } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { Change, ChangeListener } from "./change.ts";
import { History } from "./history.ts";
import { SortedKeys } from "./sorted-keys.ts";
import { StoredObject } from "./stored-object.ts";

/** What a collection needs of the store that it belongs to. */
export interface CollectionOwner {
  readonly revision: number;
  /** Takes the next revision, makes the change durable, and returns only then. */
  record(collection: string, key: string, object: KubeObject | undefined, revision: number): void;
  announce(collection: Collection, change: Change): void;
}

/** All objects of one resource, by `namespace/name` or `name`, with their latest changes. */
export class Collection {
  /** `apps/deployments`, `/configmaps`. */
  readonly name: string;
  readonly #owner: CollectionOwner;
  readonly #objects = new Map<string, StoredObject>();
  readonly #keys = new SortedKeys();
  readonly #history: History;
  readonly #listeners = new Set<ChangeListener>();

  constructor(name: string, owner: CollectionOwner, historyLimit: number) {
    this.name = name;
    this.#owner = owner;
    this.#history = new History(historyLimit, owner.revision);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The revision of the whole store: what a list of now shows. */
  get currentRevision(): number {
    return this.#owner.revision;
  }

  /** The newest revision whose changes can no longer be replayed. */
  get compactedRevision(): number {
    return this.#history.floor;
  }

  find(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** Every object whose key begins with the prefix (`""`: all; `ns/`: a namespace), in the order of keys. */
  list(prefix: string): StoredObject[] {
    const found: StoredObject[] = [];
    for (const key of this.#keys.range(prefix)) {
      const stored = this.#objects.get(key);
      if (stored !== undefined) found.push(stored);
    }
    return found;
  }

  /** The same as it was at an older revision; `undefined` when the history does not reach back that far. */
  listAt(prefix: string, revision: number): StoredObject[] | undefined {
    const since = this.#history.after(revision);
    if (since === undefined) return undefined;
    if (since.length === 0) return this.list(prefix);
    const objects = new Map(this.list(prefix).map((stored) => [stored.key, stored]));
    for (const { stored, previous } of since.toReversed()) {
      if (!stored.key.startsWith(prefix)) continue;
      if (previous === undefined) objects.delete(stored.key);
      else objects.set(stored.key, previous);
    }
    return [...objects.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The changes after a revision, or `undefined` when they are no longer complete. */
  changesAfter(revision: number): readonly Change[] | undefined {
    return this.#history.after(revision);
  }

  /** Stores an object under the next revision and returns it frozen, with that `resourceVersion`. */
  put(key: string, object: KubeObject): StoredObject {
    const previous = this.#objects.get(key);
    const stored = this.#nextRevision(key, object);
    this.#owner.record(this.name, key, stored.object, stored.revision);
    this.#objects.set(key, stored);
    if (previous === undefined) this.#keys.insert(key);
    this.#announce({
      type: previous === undefined ? "ADDED" : "MODIFIED",
      revision: stored.revision,
      stored,
      ...(previous === undefined ? {} : { previous }),
    });
    return stored;
  }

  /** Removes an object. Returns its last state with the deletion's revision; `undefined` when it is not there. */
  remove(key: string, lastState?: KubeObject): StoredObject | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    const stored = this.#nextRevision(key, lastState ?? previous.object);
    this.#owner.record(this.name, key, undefined, stored.revision);
    this.#objects.delete(key);
    this.#keys.remove(key);
    this.#announce({ type: "DELETED", revision: stored.revision, stored, previous });
    return stored;
  }

  /** Puts back an object that was stored before the server started, without a change. */
  restore(key: string, object: KubeObject, revision: number): void {
    this.#objects.set(key, new StoredObject(key, freezeJson(object), revision));
    this.#keys.insert(key);
  }

  /** Hears every change from now on. The returned function ends that. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Forgets the changes up to a revision, as etcd's compaction does. */
  compact(revision: number): void {
    this.#history.compact(revision);
  }

  #nextRevision(key: string, object: KubeObject): StoredObject {
    const revision = this.#owner.revision + 1;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    return new StoredObject(key, freezeJson({ ...object, metadata }), revision);
  }

  #announce(change: Change): void {
    this.#history.push(change);
    for (const listener of this.#listeners) listener(change);
    this.#owner.announce(this, change);
  }
}
