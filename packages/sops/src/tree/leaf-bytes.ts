import type { Leaf } from "./tree.ts";

const utf8 = new TextEncoder();

/** The bytes of a value that count in the MAC, and the plain text that is encrypted. */
export function leafBytes(leaf: Exclude<Leaf, null>): Uint8Array {
  if (leaf instanceof Uint8Array) return leaf;
  return utf8.encode(leafText(leaf));
}

function leafText(leaf: Exclude<Leaf, null | Uint8Array>): string {
  if (typeof leaf === "object") return leaf.text;
  if (typeof leaf === "number") return decimalText(leaf);
  // Capitals since the days when SOPS was written in Python.
  if (typeof leaf === "boolean") return leaf ? "True" : "False";
  return String(leaf);
}

/** Writes a float as Go's `FormatFloat(value, 'f', -1, 64)`: the shortest digits, never an exponent. */
export function decimalText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const at = text.indexOf("e");
  if (at === -1) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = text.slice(sign.length, at).split(".");
  const exponent = Number(text.slice(at + 1));
  const digits = whole + fraction;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, "0");
}
