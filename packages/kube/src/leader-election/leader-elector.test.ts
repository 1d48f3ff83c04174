import assert from "node:assert/strict";
import { test } from "node:test";
import { StatusError, type StatusReason } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import type { Client } from "../client/client.ts";
import type { Lease } from "./lease.ts";
import { LeaderElector, LeadershipLostError, type LeaderElectionOptions } from "./leader-elector.ts";

function status(code: number, reason: StatusReason): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: reason,
    reason,
    code,
  });
}

/** The part of a server that leases need: one object with optimistic locking, which may be out of reach. */
class LeaseServer {
  lease: Lease | undefined;
  isDown = false;
  isHanging = false;
  #version = 0;

  /** Only the three methods that an elector calls. */
  get client(): Client {
    return {
      find: (_gvk: unknown, _key: unknown, options: { signal?: AbortSignal }) =>
        this.#answer(options.signal, () => this.lease),
      create: (lease: Lease, options: { signal?: AbortSignal }) =>
        this.#answer(options.signal, () => {
          if (this.lease !== undefined) throw status(409, "AlreadyExists");
          return this.#store(lease);
        }),
      update: (lease: Lease, options: { signal?: AbortSignal }) =>
        this.#answer(options.signal, () => {
          if (this.lease?.metadata.resourceVersion !== lease.metadata.resourceVersion) throw status(409, "Conflict");
          return this.#store(lease);
        }),
    } as unknown as Client;
  }

  #store(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(++this.#version) } };
    return this.lease;
  }

  #answer<T>(signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    if (this.isDown) return Promise.reject(new Error("connection refused"));
    if (!this.isHanging) return Promise.resolve().then(answer);
    return new Promise((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
    );
  }
}

interface Candidate {
  readonly elector: LeaderElector;
  readonly stop: () => void;
  readonly done: Promise<unknown>;
  /** `leading`, then how its signal ended. */
  readonly story: string[];
}

function candidate(
  server: LeaseServer,
  clock: FakeClock,
  identity: string,
  options: Partial<LeaderElectionOptions> = {},
): Candidate {
  const elector = new LeaderElector(server.client, {
    namespace: "ns",
    name: "lock",
    identity,
    clock,
    random: () => 0,
    ...options,
  });
  const story: string[] = [];
  const abort = new AbortController();
  const done = elector
    .run(abort.signal, async (signal) => {
      story.push("leading");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      story.push(`stopped: ${(signal.reason as Error).message}`);
    })
    .catch((error: unknown) => error);
  return { elector, story, done, stop: () => abort.abort(new Error("shutdown")) };
}

test("the first candidate leads, renews, and gives the lease back", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const one = candidate(server, clock, "one");
  await clock.settle();
  assert.deepEqual(one.story, ["leading"]);
  assert.ok(one.elector.isLeader);
  assert.deepEqual(server.lease?.spec, {
    holderIdentity: "one",
    leaseDurationSeconds: 35,
    acquireTime: "2026-01-01T00:00:00.000000Z",
    renewTime: "2026-01-01T00:00:00.000000Z",
    leaseTransitions: 0,
  });
  const two = candidate(server, clock, "two");
  await clock.advance(300_000);
  assert.deepEqual(two.story, []);
  assert.equal(two.elector.holder, "one");
  assert.equal(server.lease?.spec?.acquireTime, "2026-01-01T00:00:00.000000Z");
  assert.equal(server.lease?.spec?.renewTime, "2026-01-01T00:05:00.000000Z");
  one.stop();
  assert.equal(await one.done, undefined);
  assert.deepEqual(one.story, ["leading", "stopped: shutdown"]);
  assert.equal(server.lease?.spec?.holderIdentity, "");
  await clock.advance(5000);
  assert.deepEqual(two.story, ["leading"], "at its next look, without waiting for the lease to run out");
  assert.equal(server.lease?.spec?.leaseTransitions, 1);
  two.stop();
  await two.done;
});

test("a leader that cannot renew stops before anybody else begins", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const one = candidate(server, clock, "one");
  await clock.settle();
  const two = candidate(server, clock, "two");
  await clock.advance(7000);
  server.isDown = true;
  await clock.advance(27_999);
  assert.deepEqual(one.story, ["leading"]);
  await clock.advance(1);
  const lost = await one.done;
  assert.ok(lost instanceof LeadershipLostError);
  assert.match(lost.message, /connection refused/);
  assert.equal(one.story.length, 2);
  assert.equal(one.elector.isLeader, false);
  server.isDown = false;
  await clock.advance(4999);
  assert.deepEqual(two.story, []);
  await clock.advance(10_000);
  assert.deepEqual(two.story, ["leading"]);
  two.stop();
  await two.done;
});

test("a request that hangs does not keep a leader in office", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const one = candidate(server, clock, "one");
  await clock.settle();
  server.isHanging = true;
  await clock.advance(29_999);
  assert.deepEqual(one.story, ["leading"]);
  await clock.advance(1);
  assert.ok((await one.done) instanceof LeadershipLostError);
});

test("a leader that was overruled stops at its next renewal", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const one = candidate(server, clock, "one");
  await clock.settle();
  server.lease = {
    ...server.lease!,
    metadata: { ...server.lease!.metadata, resourceVersion: "x" },
    spec: { ...server.lease!.spec, holderIdentity: "thief" },
  };
  await clock.advance(5000);
  assert.match(String(await one.done), /held by "thief"/);
  assert.equal(server.lease.spec?.holderIdentity, "thief", "what is not ours is not given back");
});

test("a dead holder's lease is taken over after its duration by our own clock", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  // Its clock was an hour ahead: that must not matter.
  server.lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { namespace: "ns", name: "lock", resourceVersion: "1" },
    spec: {
      holderIdentity: "dead",
      leaseDurationSeconds: 10,
      renewTime: "2026-01-01T01:00:00.000000Z",
      leaseTransitions: 4,
    },
  };
  const one = candidate(server, clock, "one");
  await clock.advance(9999);
  assert.deepEqual(one.story, []);
  await clock.advance(1);
  assert.deepEqual(one.story, ["leading"]);
  assert.equal(server.lease.spec?.leaseTransitions, 5);
  one.stop();
  await one.done;
});

test("work that ends or fails ends the election too", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const elector = new LeaderElector(server.client, { namespace: "ns", name: "lock", identity: "one", clock });
  await assert.rejects(
    elector.run(new AbortController().signal, () => Promise.reject(new Error("crashed"))),
    /crashed/,
  );
  assert.equal(server.lease?.spec?.holderIdentity, "");
  await elector.run(new AbortController().signal, () => Promise.resolve());
  assert.equal(clock.pending, 0);
});

test("a candidate that never leads stops quietly; several race safely", async () => {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const all = ["a", "b", "c", "d"].map((identity) => candidate(server, clock, identity));
  await clock.advance(20_000);
  assert.equal(all.filter(({ elector }) => elector.isLeader).length, 1);
  for (const each of all) each.stop();
  assert.deepEqual(await Promise.all(all.map(({ done }) => done)), [undefined, undefined, undefined, undefined]);
});

test("impossible durations and identities are refused", () => {
  const { client } = new LeaseServer();
  const base = { namespace: "ns", name: "lock", identity: "x" };
  assert.throws(() => new LeaderElector(client, { ...base, identity: "" }), TypeError);
  assert.throws(() => new LeaderElector(client, { ...base, leaseDurationMs: 30_000 }), RangeError);
  assert.throws(() => new LeaderElector(client, { ...base, retryPeriodMs: 29_000 }), RangeError);
});
