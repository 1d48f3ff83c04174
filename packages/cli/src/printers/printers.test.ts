import assert from "node:assert/strict";
import { test } from "node:test";
import { shortenHex } from "../text/hex.ts";
import { displayWidth, formatTable } from "./table.ts";
import { formatTree } from "./tree.ts";

test("formatTable pads with spaces and ends every column with a tab", () => {
  const table = formatTable(
    ["Name", "Revision", "Suspended", "Ready", "Message"],
    [
      ["gr-failed", "", "False", "False", "failed to checkout"],
      ["gr", "main@sha1:696f056d", "False", "True", "Fetched"],
    ],
  );
  assert.equal(
    table,
    [
      "NAME     \tREVISION          \tSUSPENDED\tREADY\tMESSAGE            ",
      "gr-failed\t                  \tFalse    \tFalse\tfailed to checkout\t",
      "gr       \tmain@sha1:696f056d\tFalse    \tTrue \tFetched           \t",
      "",
    ].join("\n"),
  );
});

test("formatTable without a header prints the rows alone", () => {
  assert.equal(formatTable([], [["a", "bc"]]), "a\tbc\t\n");
});

test("formatTable gives every line of a cell a row", () => {
  assert.equal(formatTable([], [["a", "one\nthree", "x"]]), "a\tone  \tx\t\n \tthree\t \t\n");
});

test("displayWidth counts columns of the terminal", () => {
  const cases: [string, number][] = [
    ["abc", 3],
    ["◎ é", 3],
    ["日本", 4],
    ["✅", 2],
  ];
  for (const [text, want] of cases) assert.equal(displayWidth(text), want, text);
});

test("formatTree draws every level", () => {
  const tree = formatTree({
    text: "root",
    children: [
      { text: "a", children: [{ text: "b", children: [] }] },
      { text: "c", children: [{ text: "d", children: [] }] },
    ],
  });
  assert.equal(tree, "root\n├── a\n│   └── b\n└── c\n    └── d\n");
});

test("shortenHex cuts digests but not short or upper-case words", () => {
  const sha1 = "a".repeat(40);
  const sha256 = "0123456789abcdef".repeat(4);
  assert.equal(shortenHex(`main@sha1:${sha1} and ${sha256} deadbeef`), "main@sha1:aaaaaaaa and 01234567 deadbeef");
  assert.equal(shortenHex("b".repeat(129)), "b".repeat(129));
});
