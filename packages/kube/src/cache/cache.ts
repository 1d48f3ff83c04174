import { formatApiVersion, type GroupVersionKind, type KubernetesObject, type UnstructuredObject } from "@sluice/api";
import type { Reader } from "../client/client.ts";
import { systemClock, type Clock } from "../clock.ts";
import { silentLogger, type Logger } from "../logger.ts";
import { Informer, stripManagedFields, type InformerSelection } from "./informer.ts";

export interface CacheOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly random?: () => number;
  /** What informers of a kind keep unless they are asked for more narrowly: `--watch-label-selector`. */
  readonly defaults?: (gvk: GroupVersionKind) => InformerSelection;
}

interface Entry {
  readonly informer: Informer;
  readonly stop: AbortController;
  users: number;
  running: Promise<void> | undefined;
}

/** Informers shared between everyone who asks for the same kind and selection. Objects are kept without managed fields. */
export class Cache {
  readonly #client: Reader;
  readonly #options: CacheOptions;
  readonly #entries = new Map<string, Entry>();
  #signal: AbortSignal | undefined;

  constructor(client: Reader, options: CacheOptions = {}) {
    this.#client = client;
    this.#options = options;
  }

  /**
   * The informer for a kind, made at the first request and running as soon as the cache is. Each request counts as a
   * user until {@link release}.
   */
  informerFor<T extends KubernetesObject = UnstructuredObject>(
    gvk: GroupVersionKind,
    selection: InformerSelection = {},
  ): Informer<T> {
    const effective = { ...this.#options.defaults?.(gvk), ...selection };
    const key = cacheKey(gvk, effective);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const informer = new Informer(this.#client, gvk, {
        ...effective,
        transform: stripManagedFields,
        clock: this.#options.clock ?? systemClock,
        logger: this.#options.logger ?? silentLogger,
        random: this.#options.random ?? Math.random,
      });
      entry = { informer, stop: new AbortController(), users: 0, running: undefined };
      this.#entries.set(key, entry);
      this.#start(entry);
    }
    entry.users++;
    // One kind holds objects of one type; which, only the caller knows.
    return entry.informer as unknown as Informer<T>;
  }

  /** Gives an informer back; it stops with its last user. */
  release(informer: { readonly gvk: GroupVersionKind }): void {
    for (const [key, entry] of this.#entries) {
      if ((entry.informer as unknown) !== informer || --entry.users > 0) continue;
      this.#entries.delete(key);
      entry.stop.abort(new Error("the informer has no users any more"));
    }
  }

  /** Whether every informer has its copy complete. */
  get hasSynced(): boolean {
    return [...this.#entries.values()].every((entry) => entry.informer.hasSynced);
  }

  /** Waits until every informer that exists now has its copy complete. */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.informer.waitForSync(signal)));
  }

  /** Runs all informers, those to come included, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const entry of this.#entries.values()) this.#start(entry);
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.all([...this.#entries.values()].map((entry) => entry.running ?? Promise.resolve()));
  }

  #start(entry: Entry): void {
    if (this.#signal === undefined || entry.running !== undefined) return;
    entry.running = entry.informer.run(AbortSignal.any([this.#signal, entry.stop.signal]));
  }
}

function cacheKey(gvk: GroupVersionKind, selection: InformerSelection): string {
  const { namespace, labelSelector, fieldSelector, metadataOnly } = selection;
  return JSON.stringify([
    formatApiVersion(gvk),
    gvk.kind,
    namespace,
    labelSelector,
    fieldSelector,
    metadataOnly === true,
  ]);
}
