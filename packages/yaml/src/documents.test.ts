import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatDocuments, type Node, parseDocument, parseDocuments, YamlError } from "./index.ts";

/** A node as the recorder printed go-yaml's: kind, tag, value, style bits, anchor, comments, position, content. */
interface Recorded {
  readonly k: string;
  readonly t: string;
  readonly v?: string;
  readonly s?: number;
  readonly a?: string;
  readonly h?: string;
  readonly l?: string;
  readonly f?: string;
  readonly p?: readonly number[];
  readonly c?: readonly Recorded[];
}

interface TextCase {
  readonly in: string;
  readonly out?: string;
  readonly error?: string;
}

function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../testdata/go/${name}.json`, import.meta.url), "utf8")) as T;
}

const styleBits = { plain: 0, double: 2, single: 4, literal: 8, folded: 16 };

function record(node: Node): Recorded {
  const value = node.kind === "scalar" ? node.value : node.kind === "alias" ? node.target.anchor : "";
  const layout = node.kind === "scalar" ? styleBits[node.style] : node.kind !== "alias" && node.flow ? 32 : 0;
  const style = layout + (node.explicitTag === true ? 1 : 0);
  const children =
    node.kind === "sequence"
      ? node.items
      : node.kind === "mapping"
        ? node.pairs.flatMap(({ key, value: of }) => [key, of])
        : [];
  return {
    k: node.kind,
    t: node.tag,
    ...(value ? { v: value } : {}),
    ...(style > 0 ? { s: style } : {}),
    ...(node.anchor ? { a: node.anchor } : {}),
    ...(node.headComment ? { h: node.headComment } : {}),
    ...(node.lineComment ? { l: node.lineComment } : {}),
    ...(node.footComment ? { f: node.footComment } : {}),
    p: [node.line, node.column],
    ...(children.length > 0 ? { c: children.map(record) } : {}),
  };
}

test("parseDocuments() builds the trees that go-yaml v3 builds", () => {
  for (const { in: text, documents } of recorded<{ in: string; documents: Recorded[] }[]>("trees")) {
    const roots = parseDocuments(text);
    assert.deepEqual(
      roots.map(record),
      documents.map(({ c }) => c?.[0]),
      text,
    );
    assert.deepEqual(
      roots.map((root) => root.documentHeadComment),
      documents.map(({ h }) => h),
      text,
    );
    assert.deepEqual(
      roots.map((root) => root.documentFootComment),
      documents.map(({ f }) => f),
      text,
    );
  }
});

test("formatDocuments() writes commented trees as go-yaml v3, compact and wide", () => {
  for (const { in: text, compact, wide } of recorded<{ in: string; compact: string; wide: string }[]>("roundtrip")) {
    const roots = parseDocuments(text);
    assert.equal(formatDocuments(roots), compact, text);
    assert.equal(formatDocuments(roots, { indent: 4, compactSequences: false }), wide, text);
  }
});

test("texts are accepted, rewritten and refused as by go-yaml v3", () => {
  for (const { in: text, out, error } of [...recorded<TextCase[]>("texts"), ...recorded<TextCase[]>("scalars")]) {
    let got: { out?: string; error?: string };
    try {
      got = { out: formatDocuments(parseDocuments(text)) };
    } catch (thrown) {
      assert.ok(thrown instanceof YamlError, text);
      got = { error: thrown.message };
    }
    assert.deepEqual(got, error === undefined ? { out } : { error }, JSON.stringify(text));
  }
});

test("YamlError points at the problem", () => {
  const cases = [
    { text: "a: b: c\n", code: "Syntax", line: 1, column: 5 },
    { text: "a: 1\nb: @c\n", code: "Syntax", line: 2, column: 4 },
    { text: "a: 1\n b: 2\n", code: "Syntax", line: 2, column: 3 },
    { text: "a: *x\n", code: "UnknownAnchor", line: 1, column: 4 },
    { text: "a:\n  b: \u0007\n", code: "Syntax", line: 2, column: 6 },
    { text: "a: \ud800\n", code: "Syntax", line: 1, column: 4 },
    { text: "- \u{1f600}: *x\n", code: "UnknownAnchor", line: 1, column: 6 },
  ];
  for (const { text, ...want } of cases) {
    assert.throws(() => parseDocuments(text), want, text);
  }
});

test("limits stop what would cost too much", () => {
  const refused = { name: "YamlError", code: "LimitExceeded" };
  assert.throws(() => parseDocument("[".repeat(100_000)), refused);
  assert.throws(() => parseDocument("- ".repeat(100_000)), refused);
  assert.throws(() => parseDocument("? ".repeat(100_000)), refused);
  assert.throws(() => parseDocument("[[[a]]]", { maxDepth: 2 }), refused);
  assert.throws(() => parseDocument("[a, b, c]", { maxNodes: 3 }), refused);
  assert.throws(() => parseDocument("abc", { maxLength: 2 }), refused);
  assert.doesNotThrow(() => parseDocument("[".repeat(512) + "]".repeat(512)));
  assert.doesNotThrow(() => formatDocuments(parseDocuments("- ".repeat(512))));
});

test("comments can be left out", () => {
  const text = "# a\nb: 1 # c\n# d\n";
  assert.equal(formatDocuments(parseDocuments(text, { comments: false })), "b: 1\n");
});

test("parseDocument() reads the first document only", () => {
  assert.equal(parseDocument(""), undefined);
  assert.equal(parseDocument("# nothing\n"), undefined);
  assert.equal(parseDocument("a\n---\n: : broken")?.line, 1);
});

test("long stretches without content take linear time", () => {
  const texts = [
    `a:\n${"\n".repeat(300_000)}# c\n\n  b: 1\n`,
    `a:\n${"  # c\n".repeat(50_000)}  b: 1\n`,
    `${"# c\n\n".repeat(50_000)}a: 1\n`,
    `[${"\u{1f600}, ".repeat(50_000)}]`,
    `'${"''".repeat(300_000)}'`,
  ];
  for (const text of texts) assert.equal(parseDocuments(text).length, 1);
});
