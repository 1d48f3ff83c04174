import { formatKey, keyOf, type KubernetesObject, type ObjectKey } from "@sluice/api";

/** The values under which an object is found in an index; none to leave it out. */
export type IndexFunction<T extends KubernetesObject> = (object: T) => readonly string[];

/** The name of the index by namespace, which every cache has. Cluster-scoped objects are under `""`. */
export const namespaceIndex = "namespace";

/** Reads a cache. What is returned is shared: it must not be changed. */
export interface Lister<T extends KubernetesObject> {
  find(key: ObjectKey): T | undefined;
  /** All objects, or those of one namespace, in no particular order. */
  list(namespace?: string): T[];
  /** The objects that an index has under a value. Throws `RangeError` for an index that does not exist. */
  byIndex(index: string, value: string): T[];
}

interface Index<T extends KubernetesObject> {
  readonly valuesOf: IndexFunction<T>;
  /** Index value → object key → object. */
  readonly buckets: Map<string, Map<string, T>>;
}

/** Objects by key and by the values of any number of indexes. */
export class Indexer<T extends KubernetesObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();

  constructor() {
    this.addIndex(namespaceIndex, (object) => [object.metadata.namespace ?? ""]);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Adds an index over what is there and what will come. Adding a name again replaces it. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    const index: Index<T> = { valuesOf, buckets: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) insert(index, key, object);
  }

  /** Stores an object and returns the one that was there before. */
  set(object: T): T | undefined {
    const key = formatKey(keyOf(object));
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      if (before !== undefined) remove(index, key, before);
      insert(index, key, object);
    }
    return before;
  }

  /** Removes an object and returns it. */
  delete(key: ObjectKey): T | undefined {
    const text = formatKey(key);
    const before = this.#objects.get(text);
    if (before === undefined) return undefined;
    this.#objects.delete(text);
    for (const index of this.#indexes.values()) remove(index, text, before);
    return before;
  }

  find(key: ObjectKey): T | undefined {
    return this.#objects.get(formatKey(key));
  }

  list(namespace?: string): T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(namespaceIndex, namespace);
  }

  byIndex(index: string, value: string): T[] {
    const found = this.#indexes.get(index);
    if (found === undefined) throw new RangeError(`no index ${JSON.stringify(index)}`);
    return [...(found.buckets.get(value)?.values() ?? [])];
  }
}

function insert<T extends KubernetesObject>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value);
    if (bucket === undefined) index.buckets.set(value, new Map([[key, object]]));
    else bucket.set(key, object);
  }
}

function remove<T extends KubernetesObject>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value);
    if (bucket === undefined) continue;
    bucket.delete(key);
    if (bucket.size === 0) index.buckets.delete(value);
  }
}
