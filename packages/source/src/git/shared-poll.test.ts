import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedPoll } from "./shared-poll.ts";

const never = new AbortController().signal;

/** A poll whose rounds the test ends itself. */
function manualPoll(): {
  rounds: PromiseWithResolvers<number>[];
  signals: AbortSignal[];
  poll: (signal: AbortSignal) => Promise<number>;
} {
  const rounds: PromiseWithResolvers<number>[] = [];
  const signals: AbortSignal[] = [];
  return {
    rounds,
    signals,
    poll: (signal) => {
      const round = Promise.withResolvers<number>();
      rounds.push(round);
      signals.push(signal);
      return round.promise;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("who asks during a poll shares the next one", async () => {
  const shared = new SharedPoll<number>();
  const { rounds, poll } = manualPoll();
  const first = shared.ask("a", never, poll);
  const later = [shared.ask("a", never, poll), shared.ask("a", never, poll)];
  const other = shared.ask("b", never, poll);
  await turn();
  assert.equal(rounds.length, 2, "one for a, one for b");
  rounds[0]?.resolve(1);
  rounds[1]?.resolve(2);
  assert.deepEqual([await first, await other], [1, 2]);
  await turn();
  assert.equal(rounds.length, 3);
  rounds[2]?.resolve(3);
  assert.deepEqual(await Promise.all(later), [3, 3]);
});

test("a failure is that of its own round", async () => {
  const shared = new SharedPoll<number>();
  const { rounds, poll } = manualPoll();
  const first = shared.ask("a", never, poll);
  const second = shared.ask("a", never, poll);
  rounds[0]?.reject(new Error("down"));
  await assert.rejects(first, /down/);
  await turn();
  rounds[1]?.resolve(2);
  assert.equal(await second, 2);
});

test("a poll ends with its last caller", async () => {
  const shared = new SharedPoll<number>();
  const { signals, rounds, poll } = manualPoll();
  const [a, b] = [new AbortController(), new AbortController()];
  const first = shared.ask("a", a.signal, poll);
  a.abort(new Error("gone"));
  await assert.rejects(first, /gone/);
  assert.equal(signals[0]?.aborted, true);
  const second = shared.ask("a", b.signal, poll);
  rounds[0]?.reject(new Error("aborted"));
  await turn();
  rounds[1]?.resolve(2);
  assert.equal(await second, 2);
  await assert.rejects(shared.ask("a", AbortSignal.abort(new Error("too late")), poll), /too late/);
});
