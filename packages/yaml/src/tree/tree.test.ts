import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cloneNode,
  findPair,
  formatNode,
  fromJS,
  getField,
  getIn,
  mapping,
  type Node,
  nodesEqual,
  parseDocument,
  removeField,
  scalar,
  sequence,
  setField,
  toJS,
} from "../index.ts";

function tree(text: string): Node {
  const root = parseDocument(text);
  assert.ok(root);
  return root;
}

test("scalars made by programs are quoted where their type demands it", () => {
  const cases = [
    { node: scalar("a"), want: "a\n" },
    { node: scalar("true"), want: '"true"\n' },
    { node: scalar("yes"), want: "yes\n" },
    { node: scalar("1"), want: '"1"\n' },
    { node: scalar("2020-01-01"), want: '"2020-01-01"\n' },
    { node: scalar("<<"), want: "<<\n" },
    { node: scalar(""), want: '""\n' },
    { node: scalar("a\nb\n"), want: "|\n  a\n  b\n" },
    { node: scalar(": x"), want: "': x'\n" },
    { node: scalar("x", { style: "single" }), want: "'x'\n" },
    { node: scalar("1", { tag: "!!int" }), want: "1\n" },
    { node: scalar("x", { tag: "!custom" }), want: "!custom x\n" },
    { node: scalar("x", { tag: "tag:a.b,2000:c" }), want: "!<tag:a.b,2000:c> x\n" },
    { node: scalar(1), want: "1\n" },
    { node: scalar(1.5e9), want: "1500000000\n" },
    { node: scalar(1234567.5), want: "1.2345675e+06\n" },
    { node: scalar(2n ** 63n), want: "9223372036854775808\n" },
    { node: scalar(false), want: "false\n" },
    { node: scalar(null), want: "null\n" },
    { node: scalar("x", { anchor: "a", lineComment: "note" }), want: "&a x # note\n" },
    { node: scalar("x", { headComment: "# above", footComment: "# below" }), want: "# above\nx\n# below\n" },
  ];
  for (const { node, want } of cases) assert.equal(formatNode(node), want);
});

test("fields are found, set and removed", () => {
  const root = tree("a: 1 # one\nb: {c: [x, y]}\n");
  assert.ok(root.kind === "mapping");
  setField(root, "a", scalar("two"));
  setField(root, "d", sequence([scalar(1), mapping([["e", scalar("f")]])]));
  assert.equal(formatNode(root), "a: two\nb: {c: [x, y]}\nd:\n- 1\n- e: f\n");
  const item = getIn(root, ["b", "c", 1]);
  assert.ok(item?.kind === "scalar");
  assert.equal(item.value, "y");
  assert.equal(getIn(root, ["b", "x", 0]), undefined);
  assert.equal(getField(root, "nope"), undefined);
  assert.equal(findPair(root, "d")?.key.tag, "!!str");
  assert.equal(removeField(root, "b")?.kind, "mapping");
  assert.equal(removeField(root, "b"), undefined);
  assert.equal(formatNode(root), "a: two\nd:\n- 1\n- e: f\n");
});

test("cloneNode() copies everything and keeps aliases inside", () => {
  const text = "# h\na: &x {b: 1} # l\nc: *x\n";
  const root = tree(text);
  const clone = cloneNode(root);
  assert.equal(formatNode(clone), text);
  const alias = getField(clone, "c");
  assert.ok(alias?.kind === "alias");
  assert.equal(alias.target, getField(clone, "a"));
  const original = getField(root, "a");
  assert.ok(original?.kind === "mapping");
  original.pairs.pop();
  assert.equal(formatNode(clone), text);
});

test("nodesEqual() compares meaning", () => {
  const cases = [
    { left: "{a: 1, b: [x]}", right: "b:\n- 'x'\na: 1 # c\n", want: true },
    { left: "a: 1", right: "a: '1'", want: false },
    { left: "a: 1", right: "a: 1\nb: 2", want: false },
    { left: "[a, b]", right: "[b, a]", want: false },
    { left: "a: &x {b: c}\nd: *x", right: "a: {b: c}\nd: {b: c}", want: true },
    { left: "a", right: "[a]", want: false },
  ];
  for (const { left, right, want } of cases) assert.equal(nodesEqual(tree(left), tree(right)), want, left);
  assert.throws(() => nodesEqual(tree("&a [*a]"), tree("&a [*a]")), { code: "LimitExceeded" });
});

test("fromJS() makes trees of values", () => {
  const value = { b: [1, "2", null, { c: true }], a: { d: 1.5, e: [] }, f: 2n ** 60n, g: "x\ny" };
  const root = fromJS(value);
  assert.equal(
    formatNode(root),
    'b:\n- 1\n- "2"\n- null\n- c: true\na:\n  d: 1.5\n  e: []\nf: 1152921504606846976\ng: |-\n  x\n  y\n',
  );
  assert.deepEqual(toJS(root), value);
});

test("anchors must be words", () => {
  assert.throws(() => formatNode(scalar("x", { anchor: "a b" })), { code: "Unrepresentable" });
});
