import assert from "node:assert/strict";
import { test } from "node:test";
import { concurrently } from "./concurrently.ts";

test("results keep the order of the items, and the limit is kept", async () => {
  let running = 0;
  let most = 0;
  const results = await concurrently([3, 1, 2, 0], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  assert.deepEqual(results, [30, 10, 20, 0]);
  assert.equal(most, 2);
});

test("after a failure nothing new begins, and what runs is awaited", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const run = concurrently([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 0) throw new Error("no");
    await Promise.resolve();
    ended.push(item);
  });
  await assert.rejects(run, /no/);
  assert.deepEqual([begun, ended], [[0, 1], [1]]);
});
