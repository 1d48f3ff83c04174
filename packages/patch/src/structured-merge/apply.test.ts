import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hasPath, listPaths } from "../field-path/field-set.ts";
import { decodeFieldsV1 } from "../field-path/fields-v1.ts";
import { formatPath } from "../field-path/path-element.ts";
import { isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { typeSchemaFromCustomResource, type OpenApiSchema } from "../schema/from-openapi.ts";
import { serverSideApply } from "./apply.ts";
import { ConflictError } from "./conflict.ts";
import { getManagedFields } from "./managed-fields.ts";
import { reconcileWithSchema, withNamedFields } from "./reconcile.ts";
import { toFieldSet } from "./to-field-set.ts";
import { trackUpdate } from "./update.ts";

const text: OpenApiSchema = { type: "string" };
const spec: OpenApiSchema = {
  type: "object",
  properties: {
    text,
    set: { type: "array", "x-kubernetes-list-type": "set", items: text },
    items: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { type: "object", properties: { name: text, value: text, args: { type: "array", items: text } } },
    },
    struct: { type: "object", properties: { a: text, b: { type: "object", properties: { c: text } } } },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};
const definitions = {
  "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta": {
    type: "object",
    properties: { name: text, labels: { type: "object", additionalProperties: text } },
  },
};
const schema = typeSchemaFromCustomResource({ type: "object", properties: { spec } }, { definitions });

const word = fc.constantFrom("a", "b");
const words = fc.uniqueArray(word);
const specs: fc.Arbitrary<JsonObject> = fc.record(
  {
    text: word,
    set: words,
    items: fc.uniqueArray(
      fc.record({ name: fc.constantFrom("x", "y", "z"), value: word, args: words }, { requiredKeys: ["name"] }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
    struct: fc.record({ a: word, b: fc.record({ c: word }, { requiredKeys: [] }) }, { requiredKeys: [] }),
    free: fc.dictionary(fc.constantFrom("k", "l", "__proto__"), fc.oneof(word, words, fc.dictionary(word, word))),
  },
  { requiredKeys: [] },
);
const objects = fc
  .record({ spec: specs, labels: fc.dictionary(word, word) })
  .map(({ spec, labels }): JsonObject => ({ apiVersion: "a/v1", kind: "A", metadata: { name: "n", labels }, spec }));
const operations = fc.array(
  fc.record({
    kind: fc.constantFrom("apply", "force", "update"),
    manager: fc.constantFrom("m", "n", "o"),
    object: objects,
  }),
  { minLength: 1, maxLength: 6 },
);

const request = { schema, apiVersion: "a/v1", now: "2026-01-01T00:00:00Z" };

function freeze<T extends JsonValue>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
  }
  return value;
}

/** Runs operations over frozen objects: a mutation of an input throws. */
function run(list: readonly { kind: string; manager: string; object: JsonObject }[]): JsonObject | undefined {
  let live: JsonObject | undefined;
  for (const { kind, manager, object } of list) {
    const after = freeze(object);
    try {
      live =
        kind === "update"
          ? trackUpdate({ ...request, manager, before: live, after })
          : serverSideApply({ ...request, manager, live, applied: after, force: kind === "force" }).object;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    if (live !== undefined) freeze(live);
  }
  return live;
}

function managersOf(object: JsonObject): readonly JsonObject[] {
  return (getManagedFields(object) ?? []) as readonly JsonObject[];
}

describe("whatever happened before", () => {
  test("applying again changes nothing and returns the object itself", () => {
    fc.assert(
      fc.property(operations, objects, (before, applied) => {
        const apply = (live: JsonObject | undefined): JsonObject =>
          freeze(serverSideApply({ ...request, manager: "m", live, applied, force: true }).object);
        // What loses its last entry becomes null first, as upstream; the second apply makes it the {} that is applied.
        const settled = apply(apply(run(before)));
        assert.equal(apply(settled), settled);
      }),
      { numRuns: 200 },
    );
  });

  test("managers have only what the object has", () => {
    fc.assert(
      fc.property(operations, (list) => {
        const live = run(list);
        if (live === undefined) return;
        const fields = withNamedFields(toFieldSet(live, schema), schema);
        for (const entry of managersOf(live)) {
          for (const path of listPaths(decodeFieldsV1(entry.fieldsV1 ?? {}))) {
            // An empty list of items is no field by itself, but whoever set it has it.
            const isEmptyList = /^\.spec\.(set|items)$/.test(formatPath(path));
            assert.ok(isEmptyList || hasPath(fields, path), `${formatPath(path)} of ${JSON.stringify(live)}`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("what was applied is there, and the applier has it", () => {
    fc.assert(
      fc.property(operations, objects, (before, applied) => {
        const { object } = serverSideApply({ ...request, manager: "m", live: run(before), applied, force: true });
        const entry = managersOf(object).find(({ manager, operation }) => manager === "m" && operation === "Apply");
        const fields = decodeFieldsV1(entry?.fieldsV1 ?? {});
        const { spec } = object;
        assert.ok(isObject(spec) || Object.keys(applied.spec as JsonObject).length === 0);
        const wanted = toFieldSet({ spec: applied.spec as JsonObject }, schema);
        for (const path of listPaths(wanted)) assert.ok(hasPath(fields, path), formatPath(path));
      }),
      { numRuns: 200 },
    );
  });

  test("nobody has anything after everybody applied nothing", () => {
    fc.assert(
      fc.property(operations, (list) => {
        let live = run(list.map((operation) => ({ ...operation, kind: "force" })));
        const nothing = { apiVersion: "a/v1", kind: "A", metadata: { name: "n" } };
        for (const manager of ["m", "n", "o"])
          live = serverSideApply({ ...request, manager, live, applied: nothing }).object;
        assert.deepEqual(live, nothing);
      }),
      { numRuns: 200 },
    );
  });
});

test("conflicts are data", () => {
  const live = run([
    { kind: "update", manager: "kubectl", object: { apiVersion: "a/v1", kind: "A", spec: { text: "a" } } },
  ]);
  const applied = { apiVersion: "a/v1", kind: "A", spec: { text: "b" } };
  assert.throws(
    () => serverSideApply({ ...request, manager: "m", live, applied }),
    (error) => {
      assert.ok(error instanceof ConflictError);
      assert.equal(error.code, "Conflict");
      assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "kubectl" using a/v1: .spec.text');
      const conflict = { manager: "kubectl", operation: "Update", apiVersion: "a/v1", path: ".spec.text" };
      assert.deepEqual(error.conflicts, [conflict]);
      assert.deepEqual(error.causes, [
        { reason: "FieldManagerConflict", message: 'conflict with "kubectl" using a/v1', field: ".spec.text" },
      ]);
      return true;
    },
  );
});

test("entries keep the order and the keys of a real server", () => {
  const live = run([
    { kind: "update", manager: "z", object: { apiVersion: "a/v1", kind: "A", spec: { text: "a", set: ["q"] } } },
    { kind: "apply", manager: "b", object: { apiVersion: "a/v1", kind: "A", spec: { struct: { a: "1" } } } },
    {
      kind: "apply",
      manager: "a",
      object: { apiVersion: "a/v1", kind: "A", spec: { struct: { a: "1" }, free: { k: {} } } },
    },
  ]);
  assert.equal(
    JSON.stringify(getManagedFields(live ?? {})),
    JSON.stringify(
      [
        {
          manager: "a",
          operation: "Apply",
          fieldsV1: { "f:spec": { "f:free": { "f:k": {} }, "f:struct": { "f:a": {} } } },
        },
        { manager: "b", operation: "Apply", fieldsV1: { "f:spec": { "f:struct": { "f:a": {} } } } },
        {
          manager: "z",
          operation: "Update",
          fieldsV1: { "f:spec": { ".": {}, "f:set": { ".": {}, 'v:"q"': {} }, "f:text": {} } },
        },
      ].map(({ manager, operation, fieldsV1 }) => ({
        manager,
        operation,
        apiVersion: "a/v1",
        time: request.now,
        fieldsType: "FieldsV1",
        fieldsV1,
      })),
    ),
  );
});

test("a set written under an older schema is lifted to what is atomic now", () => {
  const old = decodeFieldsV1({ "f:spec": { "f:items": { 'k:{"name":"x"}': { "f:args": { 'v:"a"': {} } } } } });
  const now = decodeFieldsV1({ "f:spec": { "f:items": { 'k:{"name":"x"}': { "f:args": {} } } } });
  assert.deepEqual(reconcileWithSchema(old, schema), now);
});
