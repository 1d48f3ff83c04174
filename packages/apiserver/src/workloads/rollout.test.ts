import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { resolveCount, rollingStep } from "./rollout.ts";

test("resolveCount() reads numbers and percentages", () => {
  assert.equal(resolveCount(2, 10, "up"), 2);
  assert.equal(resolveCount("25%", 3, "up"), 1);
  assert.equal(resolveCount("25%", 3, "down"), 0);
  assert.equal(resolveCount("nonsense", 3, "up"), 0);
});

test("rollingStep() never breaks its budget and always ends", () => {
  const budget = fc
    .record({ maxSurge: fc.nat(5), maxUnavailable: fc.nat(5) })
    .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0);
  fc.assert(
    fc.property(fc.nat(12), budget, fc.array(fc.nat(6), { maxLength: 3 }), (replicas, limits, sizes) => {
      let current = 0;
      let old = sizes;
      for (let turn = 0; turn < 100; turn++) {
        const step = rollingStep(
          replicas,
          limits,
          { wanted: current, available: current },
          old.map((size) => ({ wanted: size, available: size })),
        );
        const total = step.current + step.old.reduce((sum, each) => sum + each, 0);
        const before = current + old.reduce((sum, each) => sum + each, 0);
        assert.ok(total <= Math.max(before, replicas + limits.maxSurge), "surge");
        assert.ok(
          step.old.reduce((sum, each) => sum + each, 0) + current >= Math.min(before, replicas - limits.maxUnavailable),
          "availability",
        );
        if (step.current === current && step.old.every((size, index) => size === old[index])) break;
        current = step.current;
        old = [...step.old];
      }
      assert.equal(current, replicas);
      assert.ok(old.every((size) => size === 0));
    }),
  );
});
