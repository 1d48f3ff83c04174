import assert from "node:assert/strict";
import { test } from "node:test";
import { inventoryOf, isSameInventory, mergeInventories, objectsOf, subtractInventory } from "./inventory.ts";

const a = { id: "ns_a__ConfigMap", v: "v1" };
const b = { id: "ns_b_apps_Deployment", v: "v1" };
const c = { id: "_c__Namespace", v: "v1" };

test("inventories keep their order, are merged and subtracted by id", () => {
  assert.deepEqual(mergeInventories([b, a], [c, a]), [b, a, c]);
  assert.deepEqual(mergeInventories([b], [{ ...b, v: "v2" }]), [{ ...b, v: "v2" }]);
  assert.deepEqual(subtractInventory([a, b, c], [{ ...b, v: "v2" }]), [a, c]);
});

test("an inventory names its objects, and objects make an inventory", () => {
  assert.deepEqual(inventoryOf(objectsOf([b, a])), [b, a]);
  assert.deepEqual(objectsOf([{ id: "broken", v: "v1" }]), []);
});

test("order does not tell inventories apart, versions do", () => {
  assert.equal(isSameInventory([a, b], [b, a]), true);
  assert.equal(isSameInventory([a], [{ ...a, v: "v2" }]), false);
  assert.equal(isSameInventory([a], [a, b]), false);
});
