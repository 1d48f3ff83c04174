import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPlain, parsePlain } from "../document.ts";
import { getAt, parseJsonValue, parseValuePath, removeAt, setAt } from "./value-path.ts";

const document = parsePlain("a:\n    b: 1\n    l:\n        # c\n        - x\n        - y\n", "yaml")[0]!;
const text = (of: typeof document): string => Buffer.from(formatPlain([of], "yaml")).toString();

test("paths are written in brackets", () => {
  assert.deepEqual(parseValuePath(`["a"]['b c'][0]["q\\"x"]`), ["a", "b c", 0, 'q"x']);
  for (const wrong of ["", "a", '["a"', '["a"].b', "[x]"]) {
    assert.throws(() => parseValuePath(wrong), { code: "PathNotFound" }, wrong);
  }
});

test("values are found, set and removed in copies", () => {
  assert.equal(getAt(document, ["a", "b"]), 1n);
  assert.equal(getAt(document, ["a", "l", 1]), "y");
  assert.throws(() => getAt(document, ["a", "l", 2]), { code: "PathNotFound" });
  assert.throws(() => getAt(document, ["a", "b", "c"]), { code: "PathNotFound" });
  const set = setAt(setAt(document, ["a", "l", 1], "z"), ["q", "m"], parseJsonValue('{"k": [1.5, true]}'));
  assert.equal(
    text(set),
    "a:\n    b: 1\n    l:\n        # c\n        - x\n        - z\nq:\n    m:\n        k:\n            - 1.5\n            - true\n",
  );
  assert.equal(
    text(removeAt(removeAt(document, ["a", "l", 0]), ["a", "b"])),
    'a:\n    l:\n        # c\n        - "y"\n',
  );
  assert.throws(() => removeAt(document, ["x"]), { code: "PathNotFound" });
  assert.throws(() => parseJsonValue("x"), { code: "Malformed" });
});
