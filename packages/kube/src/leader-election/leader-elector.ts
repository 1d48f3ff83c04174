import { isAlreadyExists, isConflict } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { Client } from "../client/client.ts";
import { systemClock, type Clock } from "../clock.ts";
import { silentLogger, type Logger } from "../logger.ts";
import { claimed, leaseKind, released, type Lease } from "./lease.ts";

export interface LeaderElectionOptions {
  /** Where the Lease is. */
  readonly namespace: string;
  readonly name: string;
  /** Who we are: unique for every process. */
  readonly identity: string;
  /** How long others leave a lease alone that is not renewed: 35 s when absent, as Flux has it. */
  readonly leaseDurationMs?: number;
  /** How long we keep trying to renew before we step down: 30 s when absent. Shorter than the lease. */
  readonly renewDeadlineMs?: number;
  /** Pause between attempts: 5 s when absent. */
  readonly retryPeriodMs?: number;
  /** False: keep the lease at the end. True when absent. */
  readonly releaseOnCancel?: boolean;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly random?: () => number;
}

/** The lease was lost while we led. Whoever held on to leadership has been told by its signal. */
export class LeadershipLostError extends Error {
  constructor(why: string) {
    super(`leader election lost: ${why}`);
    this.name = "LeadershipLostError";
  }
}

/** How far acquiring attempts are spread, so that candidates do not all ask at once. */
const jitter = 1.2;

/**
 * One candidate of a leader election by Lease.
 *
 * **Invariant:** the signal given to the leader's work is aborted before any other candidate may take the lease:
 * at the latest `renewDeadlineMs` after the last renewal that is known to have succeeded, counted from before it was
 * sent; others wait for `leaseDurationMs` from when they see it.
 */
export class LeaderElector {
  readonly #client: Client;
  readonly #options: Required<LeaderElectionOptions>;
  /** The lease as last seen, and when by our own clock: clocks of other machines are not trusted. */
  #observed: { readonly lease: Lease; readonly atMs: number } | undefined;
  #isLeader = false;

  constructor(client: Client, options: LeaderElectionOptions) {
    this.#client = client;
    this.#options = {
      leaseDurationMs: 35_000,
      renewDeadlineMs: 30_000,
      retryPeriodMs: 5000,
      releaseOnCancel: true,
      clock: systemClock,
      logger: silentLogger,
      random: Math.random,
      ...options,
    };
    const { identity, leaseDurationMs, renewDeadlineMs, retryPeriodMs } = this.#options;
    if (identity === "") throw new TypeError("leader election needs an identity");
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs * jitter) {
      throw new RangeError("leader election needs leaseDurationMs > renewDeadlineMs > 1.2 * retryPeriodMs");
    }
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Who held the lease when it was last looked at. */
  get holder(): string | undefined {
    return this.#observed?.lease.spec?.holderIdentity;
  }

  /**
   * Waits to become leader, then runs `lead` until it ends, the signal aborts, or the lease is lost. Rejects with
   * {@link LeadershipLostError} for the last, after `lead` has ended; the process should then end too.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!(await this.#acquire(signal))) return;
    const { logger, name, namespace, identity } = this.#options;
    logger.info("successfully acquired lease", { lock: `${namespace}/${name}`, identity });
    this.#isLeader = true;
    const tenure = new AbortController();
    const work = lead(AbortSignal.any([signal, tenure.signal])).finally(() =>
      tenure.abort(new Error("leading has ended")),
    );
    // Observed below; until then its failure must not count as unhandled.
    work.catch(() => {});
    const lost = await this.#renew(AbortSignal.any([signal, tenure.signal]));
    this.#isLeader = false;
    if (lost !== undefined) tenure.abort(lost);
    try {
      await work;
    } finally {
      if (lost === undefined && this.#options.releaseOnCancel) await this.#release();
    }
    if (lost !== undefined) throw lost;
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, retryPeriodMs, random, logger } = this.#options;
    while (!signal.aborted) {
      try {
        if (await this.#tryAcquireOrRenew(signal)) return true;
      } catch (error) {
        if (signal.aborted) return false;
        logger.error("failed to acquire lease", error);
      }
      try {
        await clock.sleep(retryPeriodMs * (1 + (jitter - 1) * random()), signal);
      } catch {
        return false; // only the signal ends a sleep early
      }
    }
    return false;
  }

  /** Renews until the signal aborts (`undefined`) or the deadline passes without success. */
  async #renew(signal: AbortSignal): Promise<LeadershipLostError | undefined> {
    const { clock, retryPeriodMs, renewDeadlineMs, logger } = this.#options;
    let renewedAtMs = this.#observed?.atMs ?? clock.now();
    let why = "the lease could not be renewed in time";
    while (!signal.aborted) {
      const deadline = new AbortController();
      const timer = clock.setTimeout(
        () => deadline.abort(new Error("renew deadline")),
        renewedAtMs + renewDeadlineMs - clock.now(),
      );
      const attempt = AbortSignal.any([signal, deadline.signal]);
      try {
        await clock.sleep(retryPeriodMs, attempt);
        const startedAtMs = clock.now();
        if (await this.#tryAcquireOrRenew(attempt)) {
          renewedAtMs = startedAtMs;
          continue;
        }
        // Somebody else holds it: there is nothing to wait for.
        return new LeadershipLostError(`the lease is held by ${JSON.stringify(this.holder ?? "")}`);
      } catch (error) {
        if (signal.aborted) return undefined;
        if (deadline.signal.aborted || clock.now() - renewedAtMs >= renewDeadlineMs)
          return new LeadershipLostError(why);
        why = messageOf(error);
        logger.error("failed to renew lease", error);
      } finally {
        timer.cancel();
      }
    }
    return undefined;
  }

  async #tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { namespace, name, identity, leaseDurationMs, clock } = this.#options;
    const key = { namespace, name };
    const startedAtMs = clock.now();
    const lease = await this.#client.find<Lease>(leaseKind, key, { signal });
    this.#observe(lease, startedAtMs);
    const holder = lease?.spec?.holderIdentity ?? "";
    if (lease !== undefined && holder !== identity && holder !== "" && !this.#hasExpired(lease)) return false;
    const next = claimed(lease, key, { identity, leaseDurationMs, nowMs: clock.now() });
    try {
      const stored =
        lease === undefined ? await this.#client.create(next, { signal }) : await this.#client.update(next, { signal });
      this.#observed = { lease: stored, atMs: startedAtMs };
      return true;
    } catch (error) {
      // Another candidate was faster; the next look tells who.
      if ((isConflict(error) || isAlreadyExists(error)) && holder !== identity) return false;
      throw error;
    }
  }

  #observe(lease: Lease | undefined, atMs: number): void {
    if (lease === undefined) this.#observed = undefined;
    else if (this.#observed?.lease.metadata.resourceVersion !== lease.metadata.resourceVersion)
      this.#observed = { lease, atMs };
  }

  #hasExpired(lease: Lease): boolean {
    const durationMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
    return this.#observed !== undefined && this.#options.clock.now() >= this.#observed.atMs + durationMs;
  }

  async #release(): Promise<void> {
    const { namespace, name, identity, clock, logger } = this.#options;
    const signal = AbortSignal.timeout(5000);
    try {
      const lease = await this.#client.find<Lease>(leaseKind, { namespace, name }, { signal });
      if (lease?.spec?.holderIdentity !== identity) return;
      await this.#client.update(released(lease, clock.now()), { signal });
      logger.info("released lease", { lock: `${namespace}/${name}` });
    } catch (error) {
      // Not being able to is no harm: the lease runs out by itself.
      logger.error("failed to release lease", error);
    }
  }
}
