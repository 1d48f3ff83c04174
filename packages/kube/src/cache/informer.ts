import {
  formatApiVersion,
  isGone,
  keyOf,
  type GroupVersionKind,
  type KubernetesObject,
  type UnstructuredObject,
} from "@sluice/api";
import { backoffMs } from "../backoff.ts";
import type { Reader } from "../client/client.ts";
import { reasonOf, systemClock, type Clock } from "../clock.ts";
import { silentLogger, type Logger } from "../logger.ts";
import { Indexer, type IndexFunction, type Lister } from "./indexer.ts";

/** Which objects an informer keeps. */
export interface InformerSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Keep only apiVersion, kind and metadata. */
  readonly metadataOnly?: boolean;
}

export interface InformerOptions<T extends KubernetesObject = UnstructuredObject> extends InformerSelection {
  /** Changes objects before they are kept, to save memory: {@link stripManagedFields}. Must keep the metadata's names. */
  readonly transform?: (object: T) => T;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly random?: () => number;
}

/** Is told of changes, in order. Must return at once; what it throws is logged and hurts nobody else. */
export interface ResourceEventHandler<T extends KubernetesObject = UnstructuredObject> {
  /** `isInInitialList` when the object was there before the informer was. */
  onAdd?(object: T, isInInitialList: boolean): void;
  onUpdate?(before: T, after: T): void;
  /** The last state that was seen. */
  onDelete?(object: T): void;
}

const retry = { baseMs: 800, maxMs: 30_000, jitter: 1 };

/**
 * Keeps a local copy of all objects of one kind: lists them, then follows the watch, resuming where it ended and
 * listing again only when the server has forgotten that point.
 *
 * **Invariant:** handlers hear of every change of the copy, after it was made, and of nothing else.
 */
export class Informer<T extends KubernetesObject = UnstructuredObject> {
  readonly gvk: GroupVersionKind;
  readonly #client: Reader;
  readonly #options: InformerOptions<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #objects = new Indexer<T>();
  readonly #handlers = new Set<ResourceEventHandler<T>>();
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #resourceVersion: string | undefined;
  #failures = 0;

  constructor(client: Reader, gvk: GroupVersionKind, options: InformerOptions<T> = {}) {
    this.gvk = gvk;
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = (options.logger ?? silentLogger).with({ kind: gvk.kind, apiVersion: formatApiVersion(gvk) });
  }

  /** Reads the copy. Empty until {@link hasSynced}. */
  get lister(): Lister<T> {
    return this.#objects;
  }

  /** Whether the copy has been complete once. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Adds an index to the copy; see {@link Lister.byIndex}. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    this.#objects.addIndex(name, valuesOf);
  }

  /** Adds a handler, telling it first of what is there already. The returned function takes it away again. */
  addEventHandler(handler: ResourceEventHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#objects.list()) this.#call(handler, (each) => each.onAdd?.(object, true));
    return () => void this.#handlers.delete(handler);
  }

  /** Resolves when the copy is complete; rejects with the signal's reason when that comes first. */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    if (this.#hasSynced || signal === undefined) return this.#synced.promise;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(reasonOf(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#synced.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Lists and watches until the signal aborts; failures are logged and retried. Resolves then, never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.#list(signal);
        await this.#watch(signal);
        continue;
      } catch (error) {
        if (signal.aborted) return;
        const forgotten = isGone(error);
        if (forgotten) this.#resourceVersion = undefined;
        this.#failures++;
        if (forgotten) this.#logger.debug("resource version is gone, listing again");
        else this.#logger.error("list or watch failed", error, { failures: this.#failures });
      }
      try {
        await this.#clock.sleep(
          backoffMs(this.#failures, { ...retry, random: this.#options.random ?? Math.random }),
          signal,
        );
      } catch {
        return; // only the signal ends a sleep early
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const list = await this.#client.list<T>(this.gvk, { ...this.#selection(), signal });
    const isInitial = !this.#hasSynced;
    const present = new Set<string>();
    for (const item of list.items) {
      present.add(identity(item));
      this.#put(item, isInitial);
    }
    for (const object of this.#objects.list()) {
      if (!present.has(identity(object))) this.#remove(object);
    }
    this.#resourceVersion = list.metadata.resourceVersion ?? "0";
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const startedAtMs = this.#clock.now();
    let events = 0;
    const options = {
      ...this.#selection(),
      resourceVersion: this.#resourceVersion ?? "0",
      allowBookmarks: true,
      signal,
    };
    for await (const event of this.#client.watch<T>(this.gvk, options)) {
      events++;
      this.#failures = 0;
      switch (event.type) {
        case "ADDED":
        case "MODIFIED":
          this.#put(event.object, false);
          break;
        case "DELETED":
          this.#remove(event.object);
          break;
        case "BOOKMARK":
          break;
      }
      this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
    }
    signal.throwIfAborted();
    // A stream that ends at once and empty would have us ask in a tight loop.
    if (events === 0 && this.#clock.now() - startedAtMs < 1000) throw new Error("the watch ended at once");
  }

  #selection(): InformerSelection {
    const { namespace, labelSelector, fieldSelector, metadataOnly } = this.#options;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(metadataOnly === undefined ? {} : { metadataOnly }),
    };
  }

  #put(object: T, isInInitialList: boolean): void {
    const after = this.#options.transform?.(object) ?? object;
    const before = this.#objects.find(keyOf(after));
    if (before !== undefined && isSameState(before, after)) return;
    // Deleted and made anew while nobody watched: two objects, not a change of one.
    if (before !== undefined && before.metadata.uid !== after.metadata.uid) this.#remove(before);
    this.#objects.set(after);
    const changed = before !== undefined && before.metadata.uid === after.metadata.uid;
    this.#notify((handler) => (changed ? handler.onUpdate?.(before, after) : handler.onAdd?.(after, isInInitialList)));
  }

  #remove(object: T): void {
    const before = this.#objects.delete(keyOf(object));
    if (before === undefined) return;
    const last = this.#options.transform?.(object) ?? object;
    this.#notify((handler) => handler.onDelete?.(last));
  }

  #notify(tell: (handler: ResourceEventHandler<T>) => void): void {
    for (const handler of this.#handlers) this.#call(handler, tell);
  }

  #call(handler: ResourceEventHandler<T>, tell: (handler: ResourceEventHandler<T>) => void): void {
    try {
      tell(handler);
    } catch (error) {
      this.#logger.error("event handler failed", error);
    }
  }
}

function identity(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}/${object.metadata.uid ?? ""}`;
}

function isSameState(before: KubernetesObject, after: KubernetesObject): boolean {
  const { uid, resourceVersion } = after.metadata;
  return (
    resourceVersion !== undefined && before.metadata.resourceVersion === resourceVersion && before.metadata.uid === uid
  );
}

/** Leaves `metadata.managedFields` out: often half of an object, and of no use to a cache. */
export function stripManagedFields<T extends KubernetesObject>(object: T): T {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _stripped, ...metadata } = object.metadata;
  return { ...object, metadata };
}
