import type { Store } from "../storage/store.ts";
import { ResourceStore, type Admission } from "./resource-store.ts";
import { resourceKey, type ResourceDefinition } from "./resource-definition.ts";

/** All resources that the server knows, and the way to their objects. */
export class Registry {
  readonly store: Store;
  readonly #admission: Admission;
  readonly #definitions = new Map<string, ResourceDefinition>();
  readonly #stores = new Map<string, ResourceStore>();
  #generation = 0;

  constructor(store: Store, admission: Admission) {
    this.store = store;
    this.#admission = admission;
  }

  /** Grows whenever a resource comes, changes or goes: what discovery and OpenAPI are cached by. */
  get generation(): number {
    return this.#generation;
  }

  /** Adds a resource, or replaces the one of the same name. */
  install(definition: ResourceDefinition): void {
    const key = resourceKey(definition.group, definition.resource);
    this.#definitions.set(key, definition);
    this.#forget(key);
  }

  remove(group: string, resource: string): void {
    const key = resourceKey(group, resource);
    this.#definitions.delete(key);
    this.#forget(key);
  }

  #forget(key: string): void {
    this.#generation++;
    for (const name of this.#stores.keys()) if (name.startsWith(`${key}@`)) this.#stores.delete(name);
  }

  definitions(): Iterable<ResourceDefinition> {
    return this.#definitions.values();
  }

  find(group: string, resource: string): ResourceDefinition | undefined {
    return this.#definitions.get(resourceKey(group, resource));
  }

  /** The resource that serves a kind. */
  findKind(group: string, kind: string): ResourceDefinition | undefined {
    for (const definition of this.#definitions.values()) {
      if (definition.group === group && definition.kind === kind) return definition;
    }
    return undefined;
  }

  /** The operations on a resource in a version (the preferred one when none is named); `undefined`: not served. */
  findStore(group: string, resource: string, version?: string): ResourceStore | undefined {
    const definition = this.find(group, resource);
    const name = version ?? definition?.versions.keys().next().value;
    if (definition === undefined || name === undefined) return undefined;
    const key = `${resourceKey(group, resource)}@${name}`;
    const known = this.#stores.get(key);
    if (known !== undefined) return known;
    const served = definition.versions.get(name);
    if (served === undefined) return undefined;
    const made = new ResourceStore(definition, served, this.store.collection(definition.collection), this.#admission);
    this.#stores.set(key, made);
    return made;
  }

  /** As {@link Registry.findStore} for resources that are always there. */
  getStore(group: string, resource: string): ResourceStore {
    const store = this.findStore(group, resource);
    if (store === undefined) throw new TypeError(`no resource ${resourceKey(group, resource)}`);
    return store;
  }

  /** The store whose collection has a name, in its preferred version: for controllers that follow all changes. */
  storeOfCollection(collection: string): ResourceStore | undefined {
    const slash = collection.indexOf("/");
    return this.findStore(collection.slice(0, slash), collection.slice(slash + 1));
  }
}
