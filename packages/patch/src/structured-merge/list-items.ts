import { keyElement, valueElement, type PathElement } from "../field-path/path-element.ts";
import { quote } from "../json/go-text.ts";
import { isArray, isObject, type JsonValue } from "../json/json.ts";
import type { ListSchema } from "../schema/type-schema.ts";

/** Why an item has no place in an associative list. */
export interface ItemProblem {
  readonly problem: string;
}

/** How an item of an associative list is addressed: by its keys, or, in a set, by itself. */
export function itemElement(list: ListSchema, item: JsonValue): PathElement | ItemProblem {
  return list.keys.length > 0 ? keyedElement(list, item) : setElement(item);
}

/** {@link itemElement} for lists that were validated before. */
export function validItemElement(list: ListSchema, item: JsonValue): PathElement {
  const element = itemElement(list, item);
  if (typeof element !== "string") throw new TypeError(element.problem);
  return element;
}

function keyedElement(list: ListSchema, item: JsonValue): PathElement | ItemProblem {
  if (item === null) return { problem: "associative list with keys may not have a null element" };
  if (!isObject(item)) return { problem: "associative list with keys may not have non-map elements" };
  const fields: [string, JsonValue][] = [];
  for (const key of list.keys) {
    const value = Object.hasOwn(item, key) ? item[key] : list.element.map?.fields.get(key)?.default;
    // An absent key without a default makes another key than one that is there.
    if (value !== undefined && (value !== null || Object.hasOwn(item, key))) fields.push([key, value]);
  }
  if (fields.length === 0) {
    const keys = list.keys.map(quote).join(" ");
    return {
      problem: `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
    };
  }
  return keyElement(fields.length > 1 ? fields.toSorted(([a], [b]) => (a < b ? -1 : 1)) : fields);
}

function setElement(item: JsonValue): PathElement | ItemProblem {
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  if (isArray(item)) return { problem: "not supported: associative list with lists as elements" };
  if (typeof item === "object") return { problem: "associative list without keys has an element that's a map type" };
  return valueElement(item);
}
