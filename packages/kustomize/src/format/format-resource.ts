import type { MappingNode, Node, ScalarNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import { formatGoFloat } from "../go-format.ts";
import { duplicateKey, jsonKey } from "../node/json-key.ts";
import { type ScalarValue, scalarValue } from "../node/scalar-value.ts";
import { textThroughJson } from "../node/json-text.ts";
import { compareKeys } from "./compare-keys.ts";
import { formatNumber } from "./number.ts";
import { formatText, isComplexKey } from "./scalar-text.ts";

/**
 * Prints one object as kustomize does: through JSON, so without comments, styles and anchors, then as YAML 1.1 with
 * sorted keys. Throws `NotSerializable` for what has no form in JSON (keys that are no strings, infinities).
 */
export function formatResource(node: MappingNode): string {
  return `${new Printer().print(node)}\n`;
}

class Printer {
  #out = "";

  print(node: MappingNode): string {
    if (node.pairs.length === 0) return "{}";
    this.#mapping(sorted(node, true), 0, { isInline: true, inFlow: node.flow });
    return this.#out;
  }

  #mapping(entries: readonly Entry[], indent: number, place: Place): void {
    const margin = `\n${" ".repeat(indent)}`;
    let inline = place.isInline;
    for (const { name, value } of entries) {
      if (!inline) this.#out += margin;
      inline = false;
      if (isComplexKey(name)) this.#complexEntry(name, value, indent, place.inFlow);
      else {
        const key = formatText(name, { column: 0, indent, isKey: true });
        this.#out += `${key}:`;
        this.#value(value, indent, indent + key.length + 1, place.inFlow);
      }
    }
  }

  #complexEntry(name: string, value: Node, indent: number, inFlow: boolean): void {
    const key = formatText(name, { column: indent + 1, indent: indent + 2, isKey: false });
    this.#out += `? ${key}\n${" ".repeat(indent)}:`;
    this.#item(value, indent, inFlow);
  }

  #value(value: Node, indent: number, column: number, inFlow: boolean): void {
    switch (value.kind) {
      case "scalar":
        this.#out += ` ${formatScalar(value, { indent: indent + 2, column, inFlow })}`;
        return;
      case "mapping":
        if (value.pairs.length === 0) this.#out += " {}";
        else this.#mapping(sorted(value, false), indent + 2, { isInline: false, inFlow: inFlow || value.flow });
        return;
      case "sequence":
        if (value.items.length === 0) this.#out += " []";
        else this.#sequence(value.items, indent, { isInline: false, inFlow: inFlow || value.flow });
        return;
      case "alias":
        this.#value(value.target, indent, column, inFlow);
    }
  }

  #sequence(items: readonly Node[], indent: number, place: Place): void {
    const margin = `\n${" ".repeat(indent)}`;
    let inline = place.isInline;
    for (const item of items) {
      if (!inline) this.#out += margin;
      inline = false;
      this.#out += "-";
      this.#item(item, indent, place.inFlow);
    }
  }

  /** Prints what begins on the line of its dash. */
  #item(item: Node, indent: number, inFlow: boolean): void {
    if (item.kind === "mapping" && item.pairs.length > 0) {
      this.#out += " ";
      this.#mapping(sorted(item, false), indent + 2, { isInline: true, inFlow: inFlow || item.flow });
    } else if (item.kind === "sequence" && item.items.length > 0) {
      this.#out += " ";
      this.#sequence(item.items, indent + 2, { isInline: true, inFlow: inFlow || item.flow });
    } else if (item.kind === "alias") this.#item(item.target, indent, inFlow);
    else this.#value(item, indent, indent + 1, inFlow);
  }
}

/** Where a collection is printed. */
interface Place {
  /** Whether it begins on the line of a dash. */
  readonly isInline: boolean;
  /** Whether it stood between braces or brackets: empty values are texts there, not null. */
  readonly inFlow: boolean;
}

interface Entry {
  readonly name: string;
  readonly value: Node;
}

/** The entries in output order. Keys must be strings, but for the root of an object, where any scalar becomes one. */
function sorted(node: MappingNode, isRoot: boolean): readonly Entry[] {
  const entries = node.pairs.map(({ key, value }) => ({ name: textThroughJson(jsonKey(key, isRoot)), value }));
  if (entries.length < 2) return entries;
  entries.sort((a, b) => compareKeys(a.name, b.name));
  for (let index = 1; index < entries.length; index++) {
    const name = entries[index]?.name;
    if (name !== undefined && name === entries[index - 1]?.name) {
      throw duplicateKey(name);
    }
  }
  return entries;
}

const smallInteger = /^(?:0|-?[1-9][0-9]{0,14})$/;

interface ValuePlace {
  readonly indent: number;
  readonly column: number;
  readonly inFlow: boolean;
}

function formatScalar(node: ScalarNode, { indent, column, inFlow }: ValuePlace): string {
  if (node.tag === "!!str" && node.style !== "folded") {
    return formatText(textThroughJson(node.value), { column, indent, isKey: false });
  }
  if (node.tag === "!!int" && node.style === "plain" && smallInteger.test(node.value)) return node.value;
  return formatValue(scalarValue(node, inFlow), indent, column);
}

function formatValue(value: ScalarValue, indent: number, column: number): string {
  if (typeof value === "string") return formatText(textThroughJson(value), { column, indent, isKey: false });
  if (typeof value === "bigint") return formatNumber(value);
  if (typeof value !== "number") return String(value);
  if (Number.isFinite(value)) return formatNumber(value);
  throw new KustomizeError("NotSerializable", `json: unsupported value: ${formatGoFloat(value)}`);
}
