import type { GroupVersionKind } from "@sluice/api";
import { Cache } from "../cache/cache.ts";
import type { InformerSelection } from "../cache/informer.ts";
import type { Client } from "../client/client.ts";
import { systemClock, type Clock } from "../clock.ts";
import { Controller } from "../controller/controller.ts";
import { LeaderElector, type LeaderElectionOptions } from "../leader-election/leader-elector.ts";
import { silentLogger, type Logger } from "../logger.ts";
import { MetricsRegistry } from "../metrics/registry.ts";
import { collectQueueMetrics } from "../metrics/runtime-metrics.ts";
import { answerHealth, type HealthCheck } from "./health.ts";
import { HttpListener, type HttpRoute } from "./http-listener.ts";

/** Something that runs as long as the manager does. */
export interface Runnable {
  /** For logs. */
  readonly name: string;
  /** False: runs on every replica, not only on the leader. True when absent. */
  readonly needsLeaderElection?: boolean;
  /** Resolves soon after the signal aborts. Ending early is fine, rejecting stops the manager. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ManagerOptions {
  readonly client: Client;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: MetricsRegistry;
  /** Only one replica runs what needs election; no election when absent. */
  readonly leaderElection?: LeaderElectionOptions;
  /** Where `/metrics` is served, `host:port`; not at all when absent. */
  readonly metricsAddress?: string;
  /** Where `/healthz` and `/readyz` are served; may equal `metricsAddress`. */
  readonly healthAddress?: string;
  /** How long runnables may take to end, 30 s when absent. */
  readonly gracefulShutdownTimeoutMs?: number;
  /** What informers of a kind keep unless asked for more narrowly, as `--watch-label-selector` says. */
  readonly cacheDefaults?: (gvk: GroupVersionKind) => InformerSelection;
}

/** Runnables did not end in time after the signal. */
export class ShutdownTimeoutError extends Error {
  constructor(names: readonly string[]) {
    super(`did not stop in time: ${names.join(", ")}`);
    this.name = "ShutdownTimeoutError";
  }
}

/**
 * Owns what a process full of controllers shares: the cache, probes, metrics and the leader's lease. It starts them in
 * the order in which they need each other and stops them in the reverse one.
 */
export class Manager {
  readonly client: Client;
  readonly cache: Cache;
  readonly metrics: MetricsRegistry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly #options: ManagerOptions;
  readonly #runnables: Runnable[] = [];
  readonly #healthChecks = new Map<string, HealthCheck>();
  readonly #readyChecks = new Map<string, HealthCheck>();
  readonly #elected = Promise.withResolvers<void>();
  #listeners: readonly HttpListener[] = [];
  #haveCachesSynced = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.client = options.client;
    this.clock = options.clock ?? systemClock;
    this.logger = options.logger ?? silentLogger;
    this.metrics = options.metrics ?? new MetricsRegistry();
    this.cache = new Cache(options.client, {
      clock: this.clock,
      logger: this.logger.named("cache"),
      ...(options.cacheDefaults === undefined ? {} : { defaults: options.cacheDefaults }),
    });
    this.#healthChecks.set("ping", () => {});
    this.#readyChecks.set("caches", () => {
      // Once is enough: an informer that a controller adds later must not make the whole process unready.
      if (!this.#haveCachesSynced) throw new Error("caches have not synced");
    });
  }

  /** Adds a controller or anything else that runs. Before {@link run}. */
  add(runnable: Runnable): void {
    this.#runnables.push(runnable);
    if (runnable instanceof Controller) collectQueueMetrics(this.metrics, runnable, () => this.clock.now());
  }

  /** Adds to `/healthz`. */
  addHealthCheck(name: string, check: HealthCheck): void {
    this.#healthChecks.set(name, check);
  }

  /** Adds to `/readyz`. */
  addReadyCheck(name: string, check: HealthCheck): void {
    this.#readyChecks.set(name, check);
  }

  /** Resolves when this replica leads; at the start when there is no election. */
  get elected(): Promise<void> {
    return this.#elected.promise;
  }

  /** Where probes and metrics are served, in the order health, metrics; empty before {@link run}. */
  get urls(): readonly string[] {
    return this.#listeners.map((listener) => listener.url);
  }

  /**
   * Runs until the signal aborts. Rejects when a runnable fails, the lease is lost, or something does not stop in
   * time; everything else is stopped then too.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const running = AbortSignal.any([signal, stop.signal]);
    const caches = new AbortController();
    this.#listeners = await this.#listen();
    try {
      const cacheDone = this.cache.run(caches.signal);
      try {
        await this.#runAll(running, stop);
      } finally {
        stop.abort(new Error("the manager stops"));
        caches.abort(new Error("the manager stops"));
        await cacheDone;
      }
    } finally {
      await Promise.all(this.#listeners.map((listener) => listener.close()));
      this.#listeners = [];
      this.logger.info("manager stopped");
    }
  }

  async #runAll(signal: AbortSignal, stop: AbortController): Promise<void> {
    try {
      await this.cache.waitForSync(signal);
      this.#haveCachesSynced = true;
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const forAll = this.#runnables.filter((each) => each.needsLeaderElection === false);
    const forLeader = this.#runnables.filter((each) => each.needsLeaderElection !== false);
    const groups = [this.#runGroup(forAll, signal, stop), this.#lead(forLeader, signal, stop)];
    const results = await Promise.allSettled(groups);
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }

  async #lead(runnables: readonly Runnable[], signal: AbortSignal, stop: AbortController): Promise<void> {
    const { leaderElection } = this.#options;
    if (leaderElection === undefined) {
      this.#elected.resolve();
      return this.#runGroup(runnables, signal, stop);
    }
    const elector = new LeaderElector(this.client, {
      clock: this.clock,
      logger: this.logger.named("leader-election"),
      ...leaderElection,
    });
    const status = this.metrics.gauge("leader_election_master_status", "Whether this process leads, 1, or waits, 0.");
    const labels = { name: leaderElection.name };
    status.set(labels, 0);
    try {
      await elector.run(signal, async (tenure) => {
        status.set(labels, 1);
        this.#elected.resolve();
        await this.#runGroup(runnables, tenure, stop);
      });
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      status.set(labels, 0);
    }
  }

  /** Runs several until the signal aborts and they have ended, or the grace period is over. */
  async #runGroup(runnables: readonly Runnable[], signal: AbortSignal, stop: AbortController): Promise<void> {
    const unfinished = new Set(runnables);
    const runs = runnables.map(async (runnable) => {
      try {
        await runnable.run(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.logger.error("runnable failed", error, { runnable: runnable.name });
        stop.abort(error);
        throw error;
      } finally {
        unfinished.delete(runnable);
      }
    });
    const all = Promise.allSettled(runs);
    if (!signal.aborted) await Promise.race([all.then(() => aborted(signal)), aborted(signal)]);
    const graceMs = this.#options.gracefulShutdownTimeoutMs ?? 30_000;
    const grace = Promise.withResolvers<"late">();
    const timer = this.clock.setTimeout(() => grace.resolve("late"), graceMs);
    const outcome = await Promise.race([all, grace.promise]);
    timer.cancel();
    if (outcome === "late") throw new ShutdownTimeoutError([...unfinished].map(({ name }) => name));
    const failure = outcome.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }

  async #listen(): Promise<readonly HttpListener[]> {
    const { metricsAddress, healthAddress } = this.#options;
    const health = (checks: ReadonlyMap<string, HealthCheck>): HttpRoute => {
      return () =>
        answerHealth(checks, (name, error) => this.logger.debug("health check failed", { check: name, error }));
    };
    const probes: [string, HttpRoute][] = [
      ["/healthz", health(this.#healthChecks)],
      ["/readyz", health(this.#readyChecks)],
    ];
    const metrics: [string, HttpRoute] = [
      "/metrics",
      () => ({ statusCode: 200, body: this.metrics.render(), contentType: "text/plain; version=0.0.4; charset=utf-8" }),
    ];
    if (healthAddress !== undefined && healthAddress === metricsAddress) {
      return [await HttpListener.start(healthAddress, new Map([...probes, metrics]))];
    }
    const listeners: HttpListener[] = [];
    if (healthAddress !== undefined) listeners.push(await HttpListener.start(healthAddress, new Map(probes)));
    if (metricsAddress !== undefined) listeners.push(await HttpListener.start(metricsAddress, new Map([metrics])));
    return listeners;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
