import { valueText } from "../printf/print-value.ts";
import { fromBytes } from "./bytes.ts";
import { isSlice, type Value } from "./value.ts";

/** The text that sprig's functions see in a value. */
export function textOfValue(value: Value): string {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? fromBytes(value) : valueText(value);
}

/** A value as a list of texts, nils left out; what is no list is one text. */
export function textsOf(value: Value): string[] {
  if (value instanceof Uint8Array) return Array.from(value, String);
  if (isSlice(value)) return value.filter((item) => item !== null && item !== undefined).map(textOfValue);
  return value === null || value === undefined ? [] : [textOfValue(value)];
}
