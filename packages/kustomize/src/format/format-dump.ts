import type { MappingNode, Node } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatGoFloat } from "../go-format.ts";
import { scalarValue } from "../node/scalar-value.ts";

/** Prints a tree as compact JSON with sorted keys, as kustomize shows resources in messages. */
export function formatDump(node: MappingNode): string {
  return formatDumpOf(node);
}

/** Prints any tree as JSON with sorted keys, compact or with the given indentation. */
export function formatDumpOf(node: Node, indentation = ""): string {
  return dump(node, indentation, "");
}

function dump(node: Node, step: string, margin: string): string {
  switch (node.kind) {
    case "mapping": {
      const entries = node.pairs.map(({ key, value }) => [key.kind === "scalar" ? key.value : "", value] as const);
      const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      const colon = step === "" ? ":" : ": ";
      const inner = margin + step;
      return surround(
        "{",
        "}",
        sorted.map(([key, value]) => quoteJson(key) + colon + dump(value, step, inner)),
        step,
        margin,
      );
    }
    case "sequence":
      return surround(
        "[",
        "]",
        node.items.map((item) => dump(item, step, margin + step)),
        step,
        margin,
      );
    case "alias":
      return dump(node.target, step, margin);
    case "scalar":
      return dumpScalar(scalarValue(node));
  }
}

function surround(open: string, close: string, parts: readonly string[], step: string, margin: string): string {
  if (parts.length === 0 || step === "") return open + parts.join(",") + close;
  const newline = `\n${margin}${step}`;
  return `${open}${newline}${parts.join(`,${newline}`)}\n${margin}${close}`;
}

function dumpScalar(value: ReturnType<typeof scalarValue>): string {
  if (typeof value === "string") return quoteJson(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new KustomizeError("NotSerializable", `json: unsupported value: ${formatGoFloat(value)}`);
  }
  return String(value);
}

/** Quotes text as Go's `encoding/json` does, which keeps HTML harmless. */
export function quoteJson(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
