import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  formatDocuments,
  formatNode,
  type JsonValue,
  mapping,
  type Node,
  nodesEqual,
  parse,
  parseAll,
  parseDocument,
  parseDocuments,
  scalar,
  sequence,
  stringify,
  toJS,
  YamlError,
} from "./index.ts";

/** Text that YAML has opinions about. */
const piece = fc.constantFrom(
  ..."a b - : ? # [ ] { } , ' \" | > & * ! % @ ` ~ \\ 0 1 . + é 😀 \u2028".split(" "),
  " ",
  "  ",
  "\n",
  "\r\n",
  "\t",
  ": ",
  "- ",
  " #",
  "---\n",
  "...\n",
  "|\n",
  ">-\n",
  "&a ",
  "*a",
  "!!int ",
  "<<: ",
  "yes",
  "\u0085",
);
const yamlish = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const text = fc.oneof(yamlish, fc.string({ unit: "grapheme" }), fc.string());
/** Characters that JSON and YAML both take. */
const plainText = text.filter((value) => value.isWellFormed() && !/[\x7f-\x9f\ufeff\ufffe\uffff]/.test(value));

/** As Go does, `stringify` writes the key `<<` without quotes, and it is read as a merge. */
const key = plainText.filter((of) => of !== "<<");

const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    plainText,
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    // Beyond 2^53 integers come back as bigint, whatever they were.
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number))
      .map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((big) => {
      const small = Number(big);
      return Number.isSafeInteger(small) ? small : big;
    }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** Go's writer trusts block styles too much: leading tabs, and folded breaks, are not always read back. */
const blockText = fc.stringMatching(/^[a-z]+( [a-z]+)*\n?$/);
const written = fc.oneof(
  fc.record({ value: plainText, style: fc.constantFrom("single" as const, "double" as const) }),
  fc.record({ value: plainText }),
  fc.record({ value: blockText, style: fc.constantFrom("literal" as const, "folded" as const) }),
);
const node: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    written.map(({ value: of, ...options }) => scalar(of, options)),
    fc.integer().map((number) => scalar(number)),
    fc
      .record({ items: fc.array(tie("node"), { maxLength: 4 }), flow: fc.boolean() })
      .map(({ items, flow }) => ({ ...sequence(items), flow })),
    fc
      .record({
        entries: fc.uniqueArray(fc.tuple(key, tie("node")), { maxLength: 4, selector: ([name]) => name }),
        flow: fc.boolean(),
      })
      .map(({ entries, flow }) => ({ ...mapping(entries), flow })),
  ),
})).node;

function coded(run: () => unknown): void {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof YamlError, String(thrown));
  }
}

test("parse(stringify(x)) is x", () => {
  fc.assert(
    fc.property(value, (of) => assert.deepEqual(parse(stringify(of)), of)),
    { numRuns: 400 },
  );
});

test("a formatted tree reads back the same", () => {
  fc.assert(
    fc.property(node, fc.boolean(), (of, compactSequences) => {
      const yaml = formatNode(of, { compactSequences });
      const read = parseDocument(yaml);
      assert.ok(read !== undefined && nodesEqual(read, of), yaml);
      assert.deepEqual(toJS(read), toJS(of));
    }),
    { numRuns: 400 },
  );
});

test("no text throws anything but YamlError", () => {
  fc.assert(
    fc.property(text, (of) => {
      coded(() => formatDocuments(parseDocuments(of)));
      coded(() => parseDocuments(of).map((root) => toJS(root)));
      coded(() => parseAll(of));
    }),
    { numRuns: 1500 },
  );
});
