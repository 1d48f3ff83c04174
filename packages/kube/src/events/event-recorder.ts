import { hostname } from "node:os";
import { isNotFound, StatusError, type KubernetesObject } from "@sluice/api";
import type { Client } from "../client/client.ts";
import { systemClock, type Clock } from "../clock.ts";
import { silentLogger, type Logger } from "../logger.ts";
import { eventIdentity, eventKind, objectIdentity, toEvent, type CoreEvent, type EventNote } from "./event.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface EventRecorderOptions {
  /** The name of the controller: `kustomize-controller`. */
  readonly component: string;
  /** Which of its replicas; the host's name when absent. */
  readonly instance?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Tells the cluster what happened to an object. */
export interface EventRecorder {
  /** Records an event in the background. Never throws and never waits; what cannot be stored is logged. */
  event(object: KubernetesObject, note: EventNote): void;
  /** Resolves when everything recorded so far is stored or given up. */
  flush(): Promise<void>;
}

/** Events waiting to be stored. Beyond that the newest are dropped: events are a courtesy, memory is not. */
const maxPending = 1000;
/** How many distinct events, and objects, are remembered for counting and for the spam filter. */
const maxRemembered = 4096;
/** Per object: a burst of 25, then one every five minutes, as client-go has it. */
const spamBurst = 25;
const spamIntervalMs = 5 * 60_000;
/** An event that was last seen longer ago than this begins a new series. */
const seriesMs = 10 * 60_000;
const sendTimeoutMs = 30_000;

/** Records core/v1 Events, counting repetitions in the Event that is there already. */
export function createEventRecorder(client: Client, options: EventRecorderOptions): EventRecorder {
  const clock = options.clock ?? systemClock;
  const logger = (options.logger ?? silentLogger).named("events");
  const source = { component: options.component, instance: options.instance ?? hostname() };
  const series = new LruMap<{ stored: CoreEvent; lastAtMs: number }>(maxRemembered);
  const buckets = new LruMap<TokenBucket>(maxRemembered);
  let pending = 0;
  let lastStamp = 0n;
  let tail: Promise<void> = Promise.resolve();

  const store = async (event: CoreEvent, nowMs: number): Promise<void> => {
    const identity = eventIdentity(event);
    const known = series.get(identity);
    const signal = AbortSignal.timeout(sendTimeoutMs);
    if (known !== undefined && nowMs - known.lastAtMs < seriesMs) {
      const body = { count: known.stored.count + 1, lastTimestamp: event.lastTimestamp };
      const { name, namespace = "default" } = known.stored.metadata;
      try {
        const stored = await client.patch<CoreEvent>(
          eventKind,
          { namespace, name },
          { type: "merge", body },
          { signal },
        );
        series.set(identity, { stored, lastAtMs: nowMs });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error; // gone: the server keeps events for an hour only
      }
    }
    series.set(identity, { stored: await client.create(event, { signal }), lastAtMs: nowMs });
  };

  const send = async (event: CoreEvent, nowMs: number): Promise<void> => {
    try {
      await store(event, nowMs);
    } catch (error) {
      // An object in a namespace that is going away: nobody will miss the event.
      const isExpected = error instanceof StatusError && (error.code === 403 || error.code === 404);
      const fields = {
        kind: event.involvedObject.kind,
        name: event.involvedObject.name,
        namespace: event.metadata.namespace,
      };
      if (isExpected) logger.debug("event was not accepted", { ...fields, error });
      else logger.error("failed to record event", error, fields);
    } finally {
      pending--;
    }
  };

  return {
    event: (object, note) => {
      try {
        const nowMs = clock.now();
        // Nanoseconds, as client-go has them, moved on where several events share a moment.
        const nanoseconds = BigInt(Math.floor(nowMs)) * 1_000_000n;
        lastStamp = nanoseconds > lastStamp ? nanoseconds : lastStamp + 1n;
        const event = toEvent(object, note, source, { nowMs, stamp: lastStamp });
        const identity = objectIdentity(event);
        let bucket = buckets.get(identity);
        if (bucket === undefined) buckets.set(identity, (bucket = new TokenBucket(spamBurst, spamIntervalMs, nowMs)));
        if (!bucket.take(nowMs) || pending >= maxPending) {
          logger.debug("event dropped, there are too many", {
            kind: object.kind,
            name: object.metadata.name,
            reason: note.reason,
          });
          return;
        }
        pending++;
        tail = tail.then(() => send(event, nowMs));
      } catch (error) {
        logger.error("failed to record event", error);
      }
    },
    flush: () => tail,
  };
}

/** Forgets what was not used for longest. */
class LruMap<V> {
  readonly #capacity: number;
  readonly #entries = new Map<string, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }
}
