import { formatApiVersion, type GroupVersionKind } from "@sluice/api";
import type { Clock } from "../clock.ts";
import { reasonOf } from "../clock.ts";
import { NoMatchError } from "../errors.ts";
import type { RequestOptions, RestMapper, RestMapping } from "./client.ts";
import { discover, discoverGroupVersion, type Discovery, type GetJson, type GroupVersion } from "./discovery.ts";

/** One version of one group is not asked for more often than this. */
const minRefreshIntervalMs = 250;

/**
 * Learns everything at the first question, then only what is missing: an unknown kind costs one small request for
 * its group and version. Concurrent questions share one request, and repeated ones wait their turn.
 */
export class DiscoveryRestMapper implements RestMapper {
  readonly #getJson: GetJson;
  readonly #clock: Clock;
  #discovery: Promise<void> | undefined;
  #byVersion = new Map<string, readonly RestMapping[]>();
  #failed = new Map<string, unknown>();
  /** Versions about which discovery was wrong; still listed, but asked for again before they are used. */
  readonly #doubted = new Set<string>();
  readonly #refreshes = new Map<string, { readonly done: Promise<void>; startedAtMs: number; settled: boolean }>();

  constructor(getJson: GetJson, clock: Clock) {
    this.#getJson = getJson;
    this.#clock = clock;
  }

  async mappingFor(gvk: GroupVersionKind, options: RequestOptions = {}): Promise<RestMapping> {
    const known = this.#lookUp(gvk);
    if (known !== undefined) return known;
    const fresh = this.#discovery === undefined;
    await abortable(this.#discoverOnce(), options.signal);
    const discovered = this.#lookUp(gvk);
    if (discovered !== undefined) return discovered;
    const version = formatApiVersion(gvk);
    // What was read this very moment need not be read again.
    if (!fresh || this.#failed.has(version)) await abortable(this.#refresh(gvk), options.signal);
    const refreshed = this.#lookUp(gvk);
    if (refreshed !== undefined) return refreshed;
    const cause = this.#failed.get(version);
    throw cause instanceof Error ? new NoMatchError(gvk, { cause }) : new NoMatchError(gvk);
  }

  async mappings(options: RequestOptions = {}): Promise<readonly RestMapping[]> {
    await abortable(this.#discoverOnce(), options.signal);
    return [...this.#byVersion.values()].flat();
  }

  reset(): void {
    this.#discovery = undefined;
    this.#byVersion = new Map();
    this.#failed = new Map();
    this.#doubted.clear();
  }

  /** Asks for a version again before it is used, because the server denied having a resource of it. */
  doubt(groupVersion: GroupVersion): void {
    this.#doubted.add(formatApiVersion(groupVersion));
  }

  #lookUp(gvk: GroupVersionKind): RestMapping | undefined {
    const version = formatApiVersion(gvk);
    if (this.#doubted.has(version)) return undefined;
    return this.#byVersion.get(version)?.find((mapping) => mapping.gvk.kind === gvk.kind);
  }

  #discoverOnce(): Promise<void> {
    const running: Promise<void> = (this.#discovery ??= discover(this.#getJson).then(
      (discovery) => {
        if (this.#discovery === running) this.#store(discovery);
      },
      (error: unknown) => {
        if (this.#discovery === running) this.#discovery = undefined;
        throw error;
      },
    ));
    return running;
  }

  #store(discovery: Discovery): void {
    this.#byVersion = groupByVersion(discovery.mappings);
    this.#failed = new Map(discovery.failed.map((each) => [formatApiVersion(each.groupVersion), each.cause]));
  }

  #refresh(groupVersion: GroupVersion): Promise<void> {
    const version = formatApiVersion(groupVersion);
    const last = this.#refreshes.get(version);
    if (last !== undefined && !last.settled) return last.done;
    const waitMs = last === undefined ? 0 : last.startedAtMs + minRefreshIntervalMs - this.#clock.now();
    const refresh = {
      done: this.#fetchVersion(groupVersion, waitMs),
      startedAtMs: this.#clock.now() + Math.max(0, waitMs),
      settled: false,
    };
    const settle = (): void => void (refresh.settled = true);
    refresh.done.then(settle, settle);
    this.#refreshes.set(version, refresh);
    return refresh.done;
  }

  async #fetchVersion(groupVersion: GroupVersion, waitMs: number): Promise<void> {
    if (waitMs > 0) await this.#clock.sleep(waitMs);
    const mappings = await discoverGroupVersion(this.#getJson, groupVersion);
    const version = formatApiVersion(groupVersion);
    this.#failed.delete(version);
    this.#doubted.delete(version);
    if (mappings.length === 0) this.#byVersion.delete(version);
    else this.#byVersion.set(version, mappings);
  }
}

function groupByVersion(mappings: readonly RestMapping[]): Map<string, RestMapping[]> {
  const versions = new Map<string, RestMapping[]>();
  for (const mapping of mappings) {
    const version = formatApiVersion(mapping.gvk);
    const list = versions.get(version);
    if (list === undefined) versions.set(version, [mapping]);
    else list.push(mapping);
  }
  return versions;
}

// The request is shared, so one caller's signal ends only that caller's waiting.
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort))
      .catch(() => {});
  });
}
