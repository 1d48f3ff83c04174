import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  difference,
  emptyFieldSet,
  equalFieldSets,
  fieldSetOf,
  formatFieldSet,
  hasPath,
  intersection,
  isSubset,
  leaves,
  listPaths,
  recursiveDifference,
  union,
  type FieldSet,
} from "./field-set.ts";
import { decodeFieldsV1, encodeFieldsV1 } from "./fields-v1.ts";
import { fieldElement, formatPath, indexElement, keyElement, valueElement, type FieldPath } from "./path-element.ts";

const f = fieldElement;
const a = f("a");
const b = f("b");
const c = f("c");

describe("set operations", () => {
  const cases: [name: string, got: FieldSet, want: FieldSet][] = [
    ["union", union(fieldSetOf([a], [a, b]), fieldSetOf([a, c], [b])), fieldSetOf([a], [b], [a, b], [a, c])],
    ["intersection", intersection(fieldSetOf([a], [a, b], [c]), fieldSetOf([a, b], [c])), fieldSetOf([a, b], [c])],
    ["a parent is not its children", intersection(fieldSetOf([a]), fieldSetOf([a, b])), emptyFieldSet],
    ["difference keeps children", difference(fieldSetOf([a], [a, b]), fieldSetOf([a])), fieldSetOf([a, b])],
    ["difference keeps parents", difference(fieldSetOf([a], [a, b]), fieldSetOf([a, b])), fieldSetOf([a])],
    ["recursive difference", recursiveDifference(fieldSetOf([a, b], [a, b, c], [c]), fieldSetOf([a])), fieldSetOf([c])],
    [
      "recursive difference below",
      recursiveDifference(fieldSetOf([a], [a, b, c]), fieldSetOf([a, b])),
      fieldSetOf([a]),
    ],
    ["leaves", leaves(fieldSetOf([a], [a, b], [c], [b, c], [b])), fieldSetOf([a, b], [c], [b, c])],
    ["the whole object is never a member", fieldSetOf([]), emptyFieldSet],
  ];
  for (const [name, got, want] of cases) {
    test(name, () => assert.equal(formatFieldSet(got), formatFieldSet(want)));
  }

  test("what does not change is the same set", () => {
    const set = fieldSetOf([a], [a, b], [c, b]);
    assert.equal(union(set, fieldSetOf([a, b])), set);
    assert.equal(difference(set, fieldSetOf([b])), set);
    assert.equal(recursiveDifference(set, fieldSetOf([b], [c, a])), set);
    assert.equal(intersection(set, fieldSetOf([a], [a, b], [c, b], [b])), set);
  });
});

test("paths print as conflicts show them", () => {
  const cases: [FieldPath, string][] = [
    [[f("spec"), f("containers"), keyElement([["name", "app"]]), f("image")], '.spec.containers[name="app"].image'],
    [
      [
        f("ports"),
        keyElement([
          ["containerPort", 80],
          ["protocol", "TCP"],
        ]),
      ],
      '.ports[containerPort=80,protocol="TCP"]',
    ],
    [[f("finalizers"), valueElement("a/b")], '.finalizers[="a/b"]'],
    [[f("flags"), valueElement(true)], ".flags[=true]"],
    [[f("list"), indexElement(3)], ".list[3]"],
    [[f("metadata"), f("labels"), f("app.kubernetes.io/name")], ".metadata.labels.app.kubernetes.io/name"],
    [
      [
        f("k"),
        keyElement([
          ["big", 9007199254740993n],
          ["none", null],
        ]),
      ],
      ".k[big=9007199254740993,none=null]",
    ],
    [[f("s"), valueElement('q"\n')], '.s[="q\\"\\n"]'],
  ];
  for (const [path, want] of cases) assert.equal(formatPath(path), want);
});

test("paths are listed level by level, in order", () => {
  const set = fieldSetOf(
    [f("z")],
    [f("a"), indexElement(10)],
    [f("a"), indexElement(9)],
    [f("a"), valueElement(10)],
    [f("a"), valueElement(9)],
    [f("a"), valueElement("9")],
    [f("a"), keyElement([["n", 10]])],
    [f("a"), keyElement([["n", 9]])],
    [f("\u{1F600}")],
    [f("\uFFEE")],
  );
  assert.deepEqual(listPaths(set).map(formatPath), [
    ".z",
    ".\uFFEE",
    ".\u{1F600}",
    ".a[n=9]",
    ".a[n=10]",
    ".a[=9]",
    ".a[=10]",
    '.a[="9"]',
    ".a[9]",
    ".a[10]",
  ]);
});

describe("FieldsV1", () => {
  const encoded = {
    "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
    "f:spec": { "f:containers": { 'k:{"name":"app"}': { ".": {}, "f:image": {} } }, "f:set": { 'v:"a"': {} } },
  };

  test("decoding and encoding are inverse, keys in order", () => {
    assert.equal(JSON.stringify(encodeFieldsV1(decodeFieldsV1(encoded))), JSON.stringify(encoded));
    const shuffled = { "f:spec": encoded["f:spec"], "f:metadata": encoded["f:metadata"] };
    assert.equal(JSON.stringify(encodeFieldsV1(decodeFieldsV1(shuffled))), JSON.stringify(encoded));
  });

  test("a path with nothing below it is a member, others say so", () => {
    const set = decodeFieldsV1(encoded);
    assert.ok(hasPath(set, [f("metadata"), f("labels")]));
    assert.ok(!hasPath(set, [f("metadata")]));
    assert.ok(hasPath(set, [f("spec"), f("set"), valueElement("a")]));
  });

  test("foreign spellings become canonical, unknown elements are dropped", () => {
    const set = decodeFieldsV1({ 'k:{ "b": 1, "a": "x" }': {}, "x:new": {}, 'v: "y"': {}, "i:07": {} });
    assert.equal(formatFieldSet(set), '[a="x",b=1]\n[="y"]\n[7]');
  });

  for (const bad of ["f", "fa", "k:{", "k:5", "v:", "i:x", "?"]) {
    test(`${bad} is refused`, () => {
      assert.throws(() => decodeFieldsV1({ [bad]: {} }), { code: "InvalidManagedFields" });
    });
  }

  test("only objects may nest", () => {
    assert.throws(() => decodeFieldsV1({ "f:a": 5 }), { code: "InvalidManagedFields" });
  });
});

const path: fc.Arbitrary<FieldPath> = fc.array(fc.constantFrom(a, b, c, keyElement([["n", "x"]])), {
  minLength: 1,
  maxLength: 4,
});
const set = fc.array(path, { maxLength: 8 }).map((paths) => fieldSetOf(...paths));

test("the operations agree with membership", () => {
  fc.assert(
    fc.property(set, set, path, (x, y, p) => {
      assert.equal(hasPath(union(x, y), p), hasPath(x, p) || hasPath(y, p));
      assert.equal(hasPath(intersection(x, y), p), hasPath(x, p) && hasPath(y, p));
      assert.equal(hasPath(difference(x, y), p), hasPath(x, p) && !hasPath(y, p));
      const isBelow = p.some((_, index) => hasPath(y, p.slice(0, index + 1)));
      assert.equal(hasPath(recursiveDifference(x, y), p), hasPath(x, p) && !isBelow);
      assert.equal(isSubset(x, y), difference(x, y).size === 0);
      assert.ok(equalFieldSets(union(difference(x, y), intersection(x, y)), x));
      assert.ok(equalFieldSets(decodeFieldsV1(encodeFieldsV1(x)), x));
      assert.ok(equalFieldSets(fieldSetOf(...listPaths(x)), x));
    }),
    { numRuns: 300 },
  );
});
