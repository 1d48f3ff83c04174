import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scanJson } from "./json-scanner.ts";

describe("scanJson() speaks as Go does", () => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    ["", "unexpected end of JSON input"],
    ["{", "unexpected end of JSON input"],
    ['{"a": }', "invalid character '}' looking for beginning of value"],
    ["text", "invalid character 'e' in literal true (expecting 'r')"],
    ["{} trailing", "invalid character 't' after top-level value"],
    ["{1: 2}", "invalid character '1' looking for beginning of object key string"],
    ['{"a" 2}', "invalid character '2' after object key"],
    ['{"a": 2 3}', "invalid character '3' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1, ]", "invalid character ']' looking for beginning of value"],
    ['"a\nb"', String.raw`invalid character '\n' in string literal`],
    [String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [String.raw`"\u12g"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ["-a", "invalid character 'a' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    ["01", "invalid character '1' after top-level value"],
    ["é", "invalid character 'Ã' looking for beginning of value"],
  ];
  for (const [text, message] of cases) {
    test(JSON.stringify(text), () => assert.deepEqual(scanJson(text), { isValid: false, message }));
  }
});

test("scanJson() finds what is there twice", () => {
  const text = '{"a": {"b": 1, "b": 2, "c": [{"d": 1, "d": "x"}]}, "a": null, "e": [true, -1.5e+3, "\\u0041"]}';
  assert.deepEqual(scanJson(text), { isValid: true, duplicates: ["a.b", "a.c[0].d", "a"] });
});
