import { formatApiVersion, formatKey, keyOf, type ObjectKey, type UnstructuredObject } from "@sluice/api";
import {
  Cache,
  computeStatus,
  formatSubject,
  type Clock,
  type Client,
  type ComputedStatus,
  type Informer,
  type Logger,
  type ObjectReference,
  type Timer,
} from "@sluice/kube";

/** An object whose health counts. */
export interface HealthSubject extends ObjectReference {
  /** What the watch shows before this version is older than what was applied. */
  readonly minResourceVersion?: string;
  /** A Job that removes itself when it is done: gone is as good as healthy. */
  readonly mayVanish?: boolean;
}

/** How a set of objects is doing. `pending` and `failed` name those that are not healthy. */
export type Health =
  | { readonly verdict: "healthy" }
  | { readonly verdict: "pending" | "failed"; readonly unhealthy: readonly UnhealthySubject[] };

export interface UnhealthySubject {
  /** `Deployment/apps/podinfo`. */
  readonly subject: string;
  readonly status: ComputedStatus["status"];
  readonly message: string;
}

export interface HealthWatcherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a watched set has become healthy, or can no longer become it. */
  readonly onVerdict: (key: ObjectKey) => void;
}

/** One set of objects that somebody waits for. */
interface Watch {
  readonly key: ObjectKey;
  readonly subjects: ReadonlyMap<string, HealthSubject>;
  readonly statuses: Map<string, ComputedStatus>;
  /** How many of the subjects have which status; a verdict on thousands of objects is due at each of their changes. */
  readonly counts: { healthy: number; failed: number };
  /** Where its subjects are looked for. */
  readonly scopes: Set<Scope>;
  verdict: Health["verdict"];
}

/** One informer, and who is interested in which of its objects. */
interface Scope {
  readonly cache: Cache;
  readonly informer: Informer;
  readonly interested: Map<string, Set<Watch>>;
  readonly stopListening: () => void;
  linger: Timer | undefined;
}

/** The same informer serves the next wait if it comes within this time. */
const LINGER_MS = 30_000;

/**
 * Follows the health of sets of objects by watches, one per kind and namespace however many sets there are, so that
 * nobody has to stand and wait: whoever {@link watch}es a set is called when there is a verdict.
 *
 * Each identity has watches of its own: what an account may not see does not count as healthy for it.
 */
export class HealthWatcher {
  readonly #options: HealthWatcherOptions;
  readonly #caches = new Map<string, Cache>();
  readonly #scopes = new Map<string, Scope>();
  readonly #watches = new Map<string, Watch>();
  readonly #running: Promise<void>[] = [];
  #signal: AbortSignal | undefined;

  constructor(options: HealthWatcherOptions) {
    this.#options = options;
  }

  /** Keeps the watches going until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const cache of this.#caches.values()) this.#running.push(cache.run(signal));
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    }
    this.#watches.clear();
    for (const scope of this.#scopes.values()) scope.linger?.cancel();
    await Promise.all(this.#running);
  }

  /** Begins to follow a set for `key`, in place of the one it may have had. Returns how the set is doing already. */
  watch(
    key: ObjectKey,
    set: { readonly client: Client; readonly identity: string; readonly subjects: readonly HealthSubject[] },
  ): Health {
    this.stop(key);
    const watch: Watch = {
      key,
      subjects: new Map(set.subjects.map((subject) => [subjectId(subject), subject])),
      statuses: new Map(),
      counts: { healthy: 0, failed: 0 },
      scopes: new Set(),
      verdict: "pending",
    };
    this.#watches.set(formatKey(key), watch);
    for (const [id, subject] of watch.subjects) {
      const scope = this.#scopeFor(subject, set);
      watch.scopes.add(scope);
      const interested = scope.interested.get(id) ?? new Set();
      scope.interested.set(id, interested.add(watch));
      const present = scope.informer.lister.find(subject.key);
      if (present !== undefined) this.#update(watch, id, subject, present);
    }
    const health = judge(watch);
    watch.verdict = health.verdict;
    return health;
  }

  /** How the set of `key` is doing; `undefined` when none is being watched. */
  find(key: ObjectKey): Health | undefined {
    const watch = this.#watches.get(formatKey(key));
    return watch === undefined ? undefined : judge(watch);
  }

  /** Forgets the set of `key`. */
  stop(key: ObjectKey): void {
    const watch = this.#watches.get(formatKey(key));
    if (watch === undefined) return;
    this.#watches.delete(formatKey(key));
    for (const scope of watch.scopes) {
      for (const id of watch.subjects.keys()) {
        const interested = scope.interested.get(id);
        if (interested?.delete(watch) === true && interested.size === 0) scope.interested.delete(id);
      }
      if (scope.interested.size === 0) this.#letLinger(scope);
    }
  }

  #scopeFor(subject: HealthSubject, set: { readonly client: Client; readonly identity: string }): Scope {
    // The controller itself sees all namespaces; an account may be confined to some.
    const namespace = set.identity === "" ? undefined : subject.key.namespace;
    const id = JSON.stringify([set.identity, formatApiVersion(subject.gvk), subject.gvk.kind, namespace]);
    const existing = this.#scopes.get(id);
    if (existing !== undefined) {
      existing.linger?.cancel();
      existing.linger = undefined;
      return existing;
    }
    const cache = this.#cacheFor(set.identity, set.client);
    const informer = cache.informerFor(subject.gvk, namespace === undefined ? {} : { namespace });
    const interested = new Map<string, Set<Watch>>();
    const observe = (object: UnstructuredObject, isGone: boolean): void => {
      const objectId = subjectId({ gvk: informer.gvk, key: keyOf(object) });
      for (const watch of interested.get(objectId) ?? []) {
        const wanted = watch.subjects.get(objectId);
        if (wanted !== undefined) this.#observe(watch, objectId, wanted, isGone ? undefined : object);
      }
    };
    const scope: Scope = {
      cache,
      informer,
      interested,
      stopListening: informer.addEventHandler({
        onAdd: (object) => observe(object, false),
        onUpdate: (_before, object) => observe(object, false),
        onDelete: (object) => observe(object, true),
      }),
      linger: undefined,
    };
    this.#scopes.set(id, scope);
    return scope;
  }

  #letLinger(scope: Scope): void {
    scope.linger ??= this.#options.clock.setTimeout(() => {
      scope.stopListening();
      scope.cache.release(scope.informer);
      for (const [id, each] of this.#scopes) if (each === scope) this.#scopes.delete(id);
    }, LINGER_MS);
  }

  #cacheFor(identity: string, client: Client): Cache {
    const existing = this.#caches.get(identity);
    if (existing !== undefined) return existing;
    const { clock, logger } = this.#options;
    const cache = new Cache(client, { clock, logger });
    this.#caches.set(identity, cache);
    if (this.#signal !== undefined) this.#running.push(cache.run(this.#signal));
    return cache;
  }

  #observe(watch: Watch, id: string, subject: HealthSubject, object: UnstructuredObject | undefined): void {
    this.#update(watch, id, subject, object);
    const verdict = verdictOf(watch);
    if (verdict === watch.verdict) return;
    watch.verdict = verdict;
    if (verdict !== "pending") this.#options.onVerdict(watch.key);
  }

  #update(watch: Watch, id: string, subject: HealthSubject, object: UnstructuredObject | undefined): void {
    const before = watch.statuses.get(id);
    const after = statusOf(subject, object, before !== undefined, this.#options.clock.now());
    if (after === undefined) return;
    watch.statuses.set(id, after);
    watch.counts.healthy += Number(after.status === "Current") - Number(before?.status === "Current");
    watch.counts.failed += Number(after.status === "Failed") - Number(before?.status === "Failed");
  }
}

function subjectId({ gvk, key }: ObjectReference): string {
  return `${gvk.group}/${gvk.kind}/${formatKey(key)}`;
}

/** `undefined` while what is seen is older than what was applied. */
function statusOf(
  subject: HealthSubject,
  object: UnstructuredObject | undefined,
  wasSeen: boolean,
  nowMs: number,
): ComputedStatus | undefined {
  if (object === undefined) {
    if (subject.mayVanish === true && wasSeen)
      return { status: "Current", message: "Job has removed itself", reason: "" };
    return computeStatus(undefined);
  }
  if (isOlder(object.metadata.resourceVersion, subject.minResourceVersion)) return undefined;
  return computeStatus(object, { nowMs });
}

/** Resource versions of one cluster grow, and are compared as numbers; where they are not, nothing counts as old. */
function isOlder(seen: string | undefined, min: string | undefined): boolean {
  if (seen === undefined || min === undefined || !/^\d+$/.test(seen) || !/^\d+$/.test(min)) return false;
  return BigInt(seen) < BigInt(min);
}

function verdictOf({ counts, subjects }: Watch): Health["verdict"] {
  if (counts.healthy === subjects.size) return "healthy";
  return counts.failed > 0 ? "failed" : "pending";
}

function judge(watch: Watch): Health {
  const verdict = verdictOf(watch);
  if (verdict === "healthy") return { verdict };
  const unhealthy: UnhealthySubject[] = [];
  for (const [id, subject] of watch.subjects) {
    const { status, message } = watch.statuses.get(id) ?? computeStatus(undefined);
    const isNamed = verdict === "failed" ? status === "Failed" : status !== "Current";
    if (isNamed) unhealthy.push({ subject: formatSubject(subject), status, message });
  }
  return { verdict, unhealthy };
}
