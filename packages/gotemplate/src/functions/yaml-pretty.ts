import { compareKeys, formatFloat, formatNode, mapping, type Node, scalar, sequence } from "@sluice/yaml";
import { WalkBudget } from "../value/limits.ts";
import { getKey } from "../value/map.ts";
import { toPlain } from "../value/plain.ts";
import { GoInt, GoValue, integerOf, isMap, isSlice, type Value } from "../value/value.ts";

/** Words and numbers of YAML 1.1 that the encoder of go-yaml v3 quotes although it reads them as texts. */
const oldBoolean = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

function textNode(text: string): Node {
  const wellFormed = text.toWellFormed();
  return oldBoolean.test(wellFormed) || base60.test(wellFormed)
    ? scalar(wellFormed, { style: "double" })
    : scalar(wellFormed);
}

function nodeOf(value: Value, budget: WalkBudget, depth: number): Node {
  budget.visit(depth);
  if (typeof value === "string") return textNode(value);
  // The encoder does not take the way over JSON: 1e6 stays a float.
  if (typeof value === "number") {
    const text = formatFloat(value);
    return scalar(text, { tag: /^-?[0-9]+$/.test(text) ? "!!int" : "!!float", style: "plain" });
  }
  if (value === null || value === undefined) return scalar(null);
  if (typeof value === "boolean" || typeof value === "bigint") return scalar(value);
  if (value instanceof Uint8Array) return nodeOf(Array.from(value, byteValue), budget, depth);
  const integer = integerOf(value);
  if (integer !== undefined) return scalar(integer);
  if (value instanceof GoValue) return nodeOf(toPlain(value), budget, depth);
  if (isSlice(value)) {
    const items = sequence(value.map((item) => nodeOf(item, budget, depth + 1)));
    return value.length === 0 ? { ...items, flow: true } : items;
  }
  if (!isMap(value)) return scalar(null);
  const result = mapping();
  for (const key of Object.keys(value).sort(compareKeys))
    result.pairs.push({ key: textNode(key), value: nodeOf(getKey(value, key), budget, depth + 1) });
  return result;
}

function byteValue(byte: number): GoInt {
  return new GoInt("uint8", BigInt(byte));
}

/** Writes a value as go-yaml v3 does with an indentation of 2: items stand deeper than their key. */
export function formatPretty(value: Value): string {
  return formatNode(nodeOf(value, new WalkBudget(), 0), { indent: 2, compactSequences: false });
}
