import assert from "node:assert/strict";
import { test } from "node:test";
import { hasLabels, isSelected } from "./metadata-selector.ts";

const object = { metadata: { name: "x", labels: { team: "a" }, annotations: { "example.com/prune": "Disabled" } } };

test("any key in labels or annotations selects, whatever the case of its value", () => {
  assert.equal(isSelected(object, { "example.com/prune": "disabled" }), true);
  assert.equal(isSelected(object, { "example.com/other": "x", team: "A" }), true);
  assert.equal(isSelected(object, { team: "b" }), false);
  assert.equal(isSelected(object, undefined), false);
  assert.equal(isSelected(undefined, { team: "a" }), false);
});

test("labels must all be there, exactly", () => {
  assert.equal(hasLabels(object, { team: "a" }), true);
  assert.equal(hasLabels(object, { team: "a", other: "b" }), false);
  assert.equal(hasLabels(object, { team: "A" }), false);
});
