import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PatchError } from "../errors.ts";
import { equalJson, parseJson, type JsonObject, type JsonValue } from "../json/json.ts";
import { applyJsonPatch, maxJsonPatchOperations } from "./json-patch.ts";
import { applyMergePatch, createMergePatch } from "./merge-patch.ts";

interface Case {
  readonly name: string;
  readonly kind: "json" | "merge" | "create-merge";
  readonly object: JsonObject;
  readonly patch?: JsonValue;
  readonly modified?: JsonObject;
  /** What a real server's machinery makes of it. */
  readonly want?: JsonValue;
  readonly error?: string;
  /** The HTTP status of the error. */
  readonly status?: number;
}

const file = new URL("../../testdata/json-patch/cases.jsonl", import.meta.url);
const cases = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => parseJson(line) as unknown as Case);

function act({ kind, object, patch = null, modified = {} }: Case): JsonValue {
  if (kind === "json") return applyJsonPatch(object, patch);
  return kind === "merge" ? applyMergePatch(object, patch) : createMergePatch(object, modified);
}

describe("JSON patch and merge patch, as a real server has them", () => {
  for (const each of cases) {
    test(`${each.name}: ${JSON.stringify(each.patch ?? each.modified)}`, () => {
      const before = JSON.stringify(each.object);
      if (each.error === undefined) {
        const result = act(each);
        assert.ok(equalJson(result, each.want), `got ${JSON.stringify(result)}, want ${JSON.stringify(each.want)}`);
      } else {
        assert.throws(
          () => act(each),
          (error) => {
            assert.ok(error instanceof PatchError);
            assert.equal(error.message, each.error);
            assert.equal(error.code, each.status === 400 ? "InvalidPatch" : "PatchFailed");
            return true;
          },
        );
      }
      assert.equal(JSON.stringify(each.object), before, "the input was mutated");
    });
  }
});

test("a patch has at most 10,000 operations", () => {
  const operations = Array.from({ length: maxJsonPatchOperations + 1 }, () => ({ op: "test", path: "/a", value: 1 }));
  assert.throws(() => applyJsonPatch({ a: 1 }, operations), {
    code: "TooManyOperations",
    message: "The allowed maximum operations in a JSON patch is 10000, got 10001",
  });
  assert.deepEqual(applyJsonPatch({ a: 1 }, operations.slice(1)), { a: 1 });
});

test("copies are limited to 3 MiB", () => {
  const doubling = Array.from({ length: 30 }, () => ({ op: "copy", from: "/a", path: "/a/-" }));
  assert.throws(() => applyJsonPatch({ a: ["x".repeat(100)] }, doubling), {
    code: "PatchFailed",
    message: /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  });
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const { object } = fc.letrec<{ object: JsonObject; value: JsonValue }>((tie) => ({
  object: fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "__proto__"), fc.string()), tie("value"), { maxKeys: 4 }),
  value: fc.oneof({ depthSize: "small" }, scalar, fc.array(scalar, { maxLength: 3 }), tie("object")),
}));

test("a created merge patch turns one object into the other", () => {
  fc.assert(
    fc.property(object, object, (a, b) => equalJson(applyMergePatch(a, createMergePatch(a, b)), b)),
    { numRuns: 300 },
  );
});
