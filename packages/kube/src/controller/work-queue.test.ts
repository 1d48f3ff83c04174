import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObjectKey } from "@sluice/api";
import { FakeClock } from "@sluice/testing";
import { WorkQueue } from "./work-queue.ts";

const a = { namespace: "ns", name: "a" };
const b = { namespace: "ns", name: "b" };

function setup(): { clock: FakeClock; queue: WorkQueue; taken: (ObjectKey | undefined)[]; take: () => Promise<void> } {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 0 });
  const taken: (ObjectKey | undefined)[] = [];
  return { clock, queue, taken, take: async () => void taken.push(await queue.get()) };
}

test("keys come once, in order", async () => {
  const { queue, taken, take } = setup();
  queue.add(a);
  queue.add(b);
  queue.add({ ...a });
  assert.equal(queue.depth, 2);
  await take();
  await take();
  assert.deepEqual(taken, [a, b]);
  assert.equal(queue.depth, 0);
});

test("a key is never handed out twice at the same time", async () => {
  const { clock, queue, taken, take } = setup();
  queue.add(a);
  await take();
  queue.add(a);
  queue.add(a);
  const second = take();
  await clock.settle();
  assert.deepEqual(taken, [a]);
  queue.done(a);
  await second;
  assert.deepEqual(taken, [a, a]);
  queue.done(a);
  assert.equal(queue.depth, 0);
});

test("whoever waits longest is served first", async () => {
  const { clock, queue } = setup();
  const order: string[] = [];
  void queue.get().then((key) => order.push(`first ${key?.name}`));
  void queue.get().then((key) => order.push(`second ${key?.name}`));
  queue.add(a);
  queue.add(b);
  await clock.settle();
  assert.deepEqual(order, ["first a", "second b"]);
});

test("of several delays the earliest counts, and taking the key drops it", async () => {
  const { clock, queue, taken, take } = setup();
  queue.addAfter(a, 500);
  queue.addAfter(a, 100);
  queue.addAfter(a, 900);
  assert.equal(queue.delayed, 1);
  await clock.advance(99);
  assert.equal(queue.depth, 0);
  await clock.advance(1);
  await take();
  assert.deepEqual(taken, [a]);
  queue.done(a);
  await clock.advance(1000);
  assert.equal(queue.depth, 0);

  queue.addAfter(a, 500);
  queue.add(a);
  await take();
  queue.done(a);
  await clock.advance(1000);
  assert.equal(queue.depth, 0, "the pending delay is obsolete once somebody looks");

  queue.add(a);
  await take();
  queue.addAfter(a, 0);
  queue.addAfter(b, -5);
  assert.throws(() => queue.addAfter(b, Number.NaN), RangeError, "or it would come again and again at once");
  assert.equal(queue.depth, 1);
  queue.done(a);
  assert.equal(queue.depth, 2);
});

test("failures back off per key, up to a limit, until forgotten", () => {
  const { queue } = setup();
  const delays = Array.from({ length: 13 }, () => queue.addRateLimited(a));
  assert.deepEqual(delays.slice(0, 4), [750, 1500, 3000, 6000]);
  assert.deepEqual(delays.slice(-2), [900_000, 900_000]);
  assert.equal(queue.failures(a), 13);
  assert.equal(queue.addRateLimited(b), 750);
  queue.forget(a);
  assert.equal(queue.addRateLimited(a), 750);
  queue.shutDown();
});

test("jitter only adds", () => {
  const queue = new WorkQueue({ clock: new FakeClock(), random: () => 0.999, jitter: 0.5, baseDelayMs: 100 });
  const delayMs = queue.addRateLimited(a);
  assert.ok(delayMs > 149 && delayMs < 150);
});

test("shutting down lets everyone go and takes nothing more", async () => {
  const { clock, queue, taken, take } = setup();
  queue.addAfter(b, 100);
  const waiting = take();
  queue.shutDown();
  await waiting;
  queue.add(a);
  queue.addAfter(a, 1);
  await take();
  assert.deepEqual(taken, [undefined, undefined]);
  assert.equal(clock.pending, 0);
});

test("the observer sees depth, waiting and working times", async () => {
  const clock = new FakeClock();
  const seen: string[] = [];
  const queue = new WorkQueue({
    clock,
    random: () => 0,
    observer: {
      added: (depth) => seen.push(`added ${depth}`),
      taken: (depth, waitedMs) => seen.push(`taken ${depth} ${waitedMs}`),
      finished: (workedMs) => seen.push(`finished ${workedMs}`),
      retried: () => seen.push("retried"),
    },
  });
  queue.add(a);
  await clock.advance(5);
  await queue.get();
  await clock.advance(7);
  assert.deepEqual(queue.processingSince, [clock.now() - 7]);
  queue.addRateLimited(a);
  queue.done(a);
  assert.deepEqual(seen, ["added 1", "taken 0 5", "retried", "finished 7"]);
  queue.shutDown();
});
