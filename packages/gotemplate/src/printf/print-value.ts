import { fromBytes } from "../value/bytes.ts";
import { checkText, WalkBudget } from "../value/limits.ts";
import { getKey, sortedKeys } from "../value/map.ts";
import {
  GoInt,
  GoObject,
  goTypeOf,
  GoValue,
  hasInterfaceElements,
  isSlice,
  isUnsigned,
  typeName,
  type Value,
  type ValueMap,
} from "../value/value.ts";
import { type Directive, pad, plainDirective } from "./directive.ts";
import { formatFloat } from "./float.ts";
import { formatInteger } from "./integer.ts";
import { formatHex, formatText } from "./text.ts";

/** Verbs for which Go asks a value for its own text. */
const textVerbs: ReadonlySet<string> = new Set(["v", "s", "x", "X", "q"]);

/** Prints one value with one verb, as `fmt` does, wrong verbs included. */
export function printArgument(value: Value, verb: string, directive: Directive): string {
  return new ValuePrinter(verb, directive).print(value);
}

class ValuePrinter {
  readonly #verb: string;
  readonly #directive: Directive;
  readonly #budget: WalkBudget = new WalkBudget();
  #length = 0;

  constructor(verb: string, directive: Directive) {
    this.#verb = verb;
    this.#directive = directive;
  }

  print(value: Value): string {
    const verb = this.#verb;
    if (value === null || value === undefined)
      return verb === "T" || verb === "v" ? pad("<nil>", this.#directive) : this.#badVerb(value);
    if (verb === "T") return formatText(typeName(value), "s", this.#directive) ?? "";
    if (verb === "p") return this.#pointer(value);
    // Only Errorf wraps.
    if (verb === "w" && !(value instanceof Uint8Array)) return this.#badVerb(value);
    return this.#value(value, 0);
  }

  #count(text: string): string {
    this.#length += text.length;
    checkText(this.#length);
    return text;
  }

  /** Go prints an address, which says nothing; what has none gets a complaint. */
  #pointer(value: Value): string {
    const hasAddress = typeof value === "object" && !(value instanceof GoInt);
    return hasAddress ? pad("0xc000000000", this.#directive) : this.#badVerb(value);
  }

  #badVerb(value: Value): string {
    if (value === null || value === undefined) return `%!${this.#verb}(<nil>)`;
    return `%!${this.#verb}(${typeName(value)}=${printArgument(value, "v", this.#directive)})`;
  }

  #value(value: Value, depth: number): string {
    this.#budget.visit(depth);
    const verb = this.#verb;
    const directive = this.#directive;
    switch (typeof value) {
      case "undefined":
        return "<nil>";
      case "string":
        return this.#count(formatText(value, verb, directive) ?? this.#badVerb(value));
      case "number":
        return this.#count(formatFloat(value, verb, directive) ?? this.#badVerb(value));
      case "boolean":
        return this.#count(verb === "t" || verb === "v" ? pad(String(value), directive) : this.#badVerb(value));
      case "bigint":
        return this.#count(formatInteger(value, verb, directive, { isSigned: true }) ?? this.#badVerb(value));
      default:
    }
    if (value === null) return directive.sharpV ? "interface {}(nil)" : "<nil>";
    if (value instanceof GoInt) {
      const isSigned = !isUnsigned(value);
      return this.#count(formatInteger(value.value, verb, directive, { isSigned }) ?? this.#badVerb(value));
    }
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (value instanceof GoObject) return this.#object(value, depth);
    if (value instanceof GoValue) return pad("0xc000000000", directive);
    return isSlice(value) ? this.#slice(value, depth) : this.#map(value, depth);
  }

  #bytes(bytes: Uint8Array): string {
    const verb = this.#verb;
    const directive = this.#directive;
    if (verb === "x" || verb === "X") return this.#count(formatHex(bytes, verb, directive));
    if (verb === "s" || verb === "q") return this.#count(formatText(fromBytes(bytes), verb, directive) ?? "");
    const items = Array.from(bytes, (byte) => new GoInt("uint8", BigInt(byte)));
    if (directive.sharpV) {
      const hex = { ...directive, sharp: true };
      return `[]byte{${items.map((item) => formatInteger(item.value, "x", hex, { isSigned: false })).join(", ")}}`;
    }
    return `[${items.map((item) => this.#value(item, 1)).join(" ")}]`;
  }

  #slice(items: Value[], depth: number): string {
    const { sharpV } = this.#directive;
    if (sharpV && goTypeOf(items)?.isNil === true) return `${typeName(items)}(nil)`;
    const texts = items.map((item) => this.#value(item ?? null, depth + 1));
    return sharpV ? `${typeName(items)}{${texts.join(", ")}}` : `[${texts.join(" ")}]`;
  }

  #map(map: ValueMap, depth: number): string {
    const { sharpV } = this.#directive;
    if (sharpV && goTypeOf(map)?.isNil === true) return `${typeName(map)}(nil)`;
    const zero = hasInterfaceElements(map) ? null : undefined;
    const texts = sortedKeys(map).map(
      (key) => `${this.#value(key, depth + 1)}:${this.#value(getKey(map, key) ?? zero ?? null, depth + 1)}`,
    );
    return sharpV ? `${typeName(map)}{${texts.join(", ")}}` : `map[${texts.join(" ")}]`;
  }

  #object(value: GoObject, depth: number): string {
    const { sharpV, plusV } = this.#directive;
    const text = value.text();
    if (text !== undefined && !sharpV && textVerbs.has(this.#verb))
      return this.#count(formatText(text, this.#verb, this.#directive) ?? "");
    const underlying = value.field("");
    if (underlying !== undefined) return this.#value(underlying, depth);
    const hasNames = sharpV || plusV;
    const texts = [...value.fields()].map(
      ([name, field]) => (hasNames ? `${name}:` : "") + this.#value(field ?? null, depth + 1),
    );
    const isPointer = value.kind === "ptr";
    const prefix = isPointer ? "&" : "";
    if (!sharpV) return `${prefix}{${texts.join(" ")}}`;
    return `${prefix}${value.typeName.replace(/^\*/, "")}{${texts.join(", ")}}`;
  }
}

const plain: Readonly<Directive> = plainDirective();

/** Go's `%v` of a value. */
export function valueText(value: Value): string {
  return typeof value === "string" ? value : printArgument(value, "v", plain);
}
