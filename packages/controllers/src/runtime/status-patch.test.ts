import assert from "node:assert/strict";
import { test } from "node:test";
import { diffStatus } from "./status-patch.ts";

const cases: { name: string; before: object | undefined; after: object | undefined; want: object | undefined }[] = [
  { name: "nothing", before: { a: 1, b: [1] }, after: { b: [1], a: 1 }, want: undefined },
  { name: "no status at all", before: undefined, after: undefined, want: undefined },
  { name: "a first status", before: undefined, after: { a: 1 }, want: { a: 1 } },
  { name: "a removed field", before: { a: 1, b: 2 }, after: { a: 1 }, want: { b: null } },
  { name: "a field set to undefined", before: { a: 1 }, after: { a: undefined }, want: { a: null } },
  { name: "undefined that never was", before: {}, after: { a: undefined }, want: undefined },
  {
    name: "a replaced object, whose old keys go",
    before: { artifact: { url: "a", metadata: { x: "1" } } },
    after: { artifact: { url: "b" } },
    want: { artifact: { url: "b", metadata: null } },
  },
  { name: "a list, as a whole", before: { l: [{ a: 1 }] }, after: { l: [{ b: 1 }] }, want: { l: [{ b: 1 }] } },
];

for (const { name, before, after, want } of cases) {
  test(`diffStatus: ${name}`, () => assert.deepEqual(diffStatus(before, after), want));
}
