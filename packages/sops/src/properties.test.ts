import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decryptDocuments, encryptDocuments } from "./crypt.ts";
import { formatPlain, parsePlain } from "./document.ts";
import { SopsError } from "./errors.ts";
import { combineShares, splitSecret } from "./keys/shamir.ts";
import { flatten, unflatten } from "./metadata/flatten.ts";
import { compilePattern } from "./pattern/matcher.ts";
import { Secret } from "./secret.ts";
import { defaultSelection } from "./selection.ts";
import type { Format } from "./stores/store.ts";
import { type Branch, branch, entry, list, type Value } from "./tree/tree.ts";

const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => text !== "<<");
const leaf = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  // A float that looks like an integer comes back as one: YAML has no other way to write it.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
  fc.boolean(),
  fc.constant(null),
);
const { document } = fc.letrec<{ document: Branch; value: Value }>((tie) => ({
  document: fc
    .uniqueArray(fc.tuple(key, tie("value")), { selector: ([name]) => name, maxLength: 5 })
    .map((pairs) => branch(pairs.map(([name, value]) => entry(name, value)))),
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 4 }).map(list), tie("document")),
}));

for (const format of ["yaml", "json"] as const) {
  test(`${format}: what was written is read back`, () => {
    fc.assert(
      fc.property(document, (tree) => {
        assert.deepEqual(parsePlain(formatPlain([tree], format), format), [tree]);
      }),
      { numRuns: 300 },
    );
  });
}

test("dotenv: what was written is read back", () => {
  const name = fc.stringMatching(/^[A-Z_]{1,8}$/);
  // A backslash before an n means a line break, whoever wrote it.
  const value = fc.string({ maxLength: 20 }).filter((text) => !text.includes("\\"));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([of]) => of }), (pairs) => {
      const tree = branch(pairs.map(([of, text]) => entry(of, text)));
      assert.deepEqual(parsePlain(formatPlain([tree], "dotenv"), "dotenv"), [tree]);
    }),
  );
});

test("decrypting undoes encrypting, with the same MAC", () => {
  const dataKey = new Secret(new Uint8Array(32).fill(7));
  const rules = { selection: defaultSelection, macOnlyEncrypted: false };
  fc.assert(
    fc.property(document, (tree) => {
      const encrypted = encryptDocuments([tree], rules, dataKey);
      const decrypted = decryptDocuments(encrypted.documents, rules, dataKey);
      assert.deepEqual(decrypted.documents, [tree]);
      assert.equal(decrypted.mac, encrypted.mac);
    }),
  );
});

test("no text makes a reader fail in another way than with a SopsError", () => {
  const formats: readonly Format[] = ["yaml", "json", "dotenv", "ini", "binary"];
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.constantFrom(...formats), (text, format) => {
      try {
        parsePlain(text, format);
      } catch (error) {
        assert.ok(error instanceof SopsError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

test("any threshold of shares restores a secret", () => {
  const secret = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(secret, fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 4 }), (bytes, threshold, more) => {
      const shares = splitSecret(bytes, { shares: threshold + more, threshold });
      assert.deepEqual(combineShares(shares.toReversed().slice(0, threshold)), bytes);
    }),
  );
});

test("metadata is flattened and back", () => {
  const tree = branch([entry("a", list([branch([entry("b", "c")]), "d"])), entry("e", "f")]);
  const flat = flatten(tree);
  assert.deepEqual(
    flat.map((item) => item.key),
    ["a__list_0__map_b", "a__list_1", "e"],
  );
  assert.deepEqual(unflatten(flat), tree);
  for (const keys of [["a", "a"], ["a", "a__map_b"], ["a__list_1"], ["a__list_x"]]) {
    assert.throws(() => unflatten(keys.map((name) => entry(name, "x"))), { code: "InvalidMetadata" }, keys.join());
  }
  assert.deepEqual(unflatten([entry("__proto____map_x", "y")]).entries.length, 1);
});

test("patterns agree with JavaScript's engine where the two mean the same", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)", "\\d", "^", "$");
  const repeat = fc.constantFrom("", "*", "+", "?", "{2}", "{1,2}");
  const part = fc.tuple(atom, repeat).map(([of, times]) => (of === "^" || of === "$" ? of : of + times));
  const pattern = fc.array(fc.oneof(part, fc.constant("|")), { maxLength: 6 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[ab1]{0,6}$/), (source, text) => {
      assert.equal(compilePattern(source)(text), new RegExp(source, "u").test(text), `${source} on ${text}`);
    }),
    { numRuns: 1000 },
  );
});
