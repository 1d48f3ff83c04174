import type { KubeObject } from "../json/object.ts";
import type { Change } from "./change.ts";
import { Collection, type CollectionOwner } from "./collection.ts";
import type { Journal } from "./journal.ts";

/** Hears every change of every collection, at once and in order. */
export type StoreListener = (collection: Collection, change: Change) => void;

export interface StoreOptions {
  /** Changes kept per resource for watches that resume; older ones answer 410 Gone. */
  readonly historyLimit?: number;
  readonly journal?: Journal;
}

const defaultHistoryLimit = 8192;

/**
 * Everything that the server holds: one collection per resource under one revision counter. All operations are
 * synchronous, so each one is atomic.
 *
 * **Invariant:** a change is durable before anybody can see it.
 */
export class Store implements CollectionOwner {
  #revision: number;
  readonly #historyLimit: number;
  readonly #journal: Journal | undefined;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<StoreListener>();

  constructor({ historyLimit = defaultHistoryLimit, journal }: StoreOptions = {}) {
    this.#historyLimit = historyLimit;
    this.#journal = journal;
    // etcd, too, begins at 1: revision 0 means "any" in requests.
    this.#revision = Math.max(1, journal?.revision ?? 0);
    for (const { collection, key, object, revision } of journal?.entries() ?? []) {
      this.collection(collection).restore(key, object, revision);
    }
  }

  get revision(): number {
    return this.#revision;
  }

  /** The collection of a resource, made when it is asked for the first time. */
  collection(name: string): Collection {
    let collection = this.#collections.get(name);
    if (collection === undefined) {
      collection = new Collection(name, this, this.#historyLimit);
      this.#collections.set(name, collection);
    }
    return collection;
  }

  collections(): Iterable<Collection> {
    return this.#collections.values();
  }

  record(collection: string, key: string, object: KubeObject | undefined, revision: number): void {
    this.#journal?.record(collection, key, object, revision);
    this.#revision = revision;
  }

  announce(collection: Collection, change: Change): void {
    for (const listener of this.#listeners) listener(collection, change);
  }

  /** Hears all changes from now on. The returned function ends that. */
  subscribe(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
