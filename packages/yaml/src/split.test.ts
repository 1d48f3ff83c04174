import assert from "node:assert/strict";
import { test } from "node:test";
import { splitDocuments } from "./index.ts";

test("splitDocuments() cuts at separators and keeps places", () => {
  const cases = [
    { text: "", want: [] },
    { text: "# only\n---\n\n---\n", want: [] },
    { text: "a: 1", want: [{ text: "a: 1", offset: 0, line: 1 }] },
    {
      text: "a: 1\n---\nb: 2\n--- # next\n# c\nd: 3\n",
      want: [
        { text: "a: 1\n", offset: 0, line: 1 },
        { text: "b: 2\n", offset: 9, line: 3 },
        { text: "# c\nd: 3\n", offset: 25, line: 5 },
      ],
    },
    {
      text: "--- a\r\n---\r\nb\r\n---",
      want: [
        { text: " a\r\n", offset: 3, line: 1 },
        { text: "b\r\n", offset: 12, line: 3 },
      ],
    },
    { text: "a: |\n  ---\n  b\n----\n", want: [{ text: "a: |\n  ---\n  b\n----\n", offset: 0, line: 1 }] },
    { text: "\ufeffa: 1\n", want: [{ text: "a: 1\n", offset: 1, line: 1 }] },
  ];
  for (const { text, want } of cases) assert.deepEqual(splitDocuments(text), want, JSON.stringify(text));
});
