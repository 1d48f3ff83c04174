import { PatchError } from "../errors.ts";
import { compareUtf8, encodeJson, quote } from "../json/go-text.ts";
import { isObject, isScalar, parseJson, type JsonValue } from "../json/json.ts";

/**
 * One step of a field path, spelled as in FieldsV1:
 *
 * - `f:replicas`, a field of a struct or a key of a map;
 * - `k:{"name":"app"}`, the list item with these key fields (sorted by name);
 * - `v:"a"`, the item of a set;
 * - `i:0`, an index of a list.
 *
 * **Invariant:** two elements are the same step exactly if they are the same string; {@link readPathElement}
 * brings foreign spellings into this form.
 */
export type PathElement = string;

/** The steps from the root of an object to one of its fields. */
export type FieldPath = readonly PathElement[];

type KeyField = readonly [name: string, value: JsonValue];

type Parsed =
  | { readonly rank: 0; readonly name: string }
  | { readonly rank: 1; readonly fields: readonly KeyField[] }
  | { readonly rank: 2; readonly value: JsonValue }
  | { readonly rank: 3; readonly index: number };

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** `fields` must be sorted by name. */
export function keyElement(fields: readonly KeyField[]): PathElement {
  let content = "";
  for (const [name, value] of fields) {
    content += `${content === "" ? "" : ","}${JSON.stringify(name)}:${encodeContent(value)}`;
  }
  return `k:{${content}}`;
}

export function valueElement(value: JsonValue): PathElement {
  return `v:${encodeContent(value)}`;
}

/** The encoder that real servers use here escapes two characters otherwise than Go's own does. */
function encodeContent(value: JsonValue): string {
  const json = encodeJson(value);
  if (!/\\[bf]/.test(json)) return json;
  return json.replaceAll(/\\./gs, (escape) => (escape === "\\b" ? "\\u0008" : escape === "\\f" ? "\\u000c" : escape));
}

export function indexElement(index: number): PathElement {
  return `i:${index}`;
}

/**
 * Reads an element that came from outside. `undefined` for a type of element that is unknown: newer servers may
 * have more of them, and they are dropped. Throws `InvalidManagedFields` for a malformed one.
 */
export function readPathElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new PatchError("InvalidManagedFields", "key must be 2 characters long:");
  if (text[1] !== ":") throw new PatchError("InvalidManagedFields", `missing colon: ${text}`);
  if (text[0] === "f") return text;
  if (text[0] !== "k" && text[0] !== "v" && text[0] !== "i") return undefined;
  const parsed = parse(text);
  switch (parsed.rank) {
    case 0:
      return text;
    case 1:
      return keyElement(parsed.fields);
    case 2:
      return valueElement(parsed.value);
    case 3:
      return indexElement(parsed.index);
  }
}

/** Orders elements: fields, keys, values, indices; each by content. The order of FieldsV1 and of messages. */
export function comparePathElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  if (a.startsWith("f:") && b.startsWith("f:")) return compareUtf8(a, b);
  const x = parse(a);
  const y = parse(b);
  if (x.rank === 0 && y.rank === 0) return compareUtf8(x.name, y.name);
  if (x.rank === 1 && y.rank === 1) return compareKeys(x.fields, y.fields);
  if (x.rank === 2 && y.rank === 2) return compareValues(x.value, y.value);
  if (x.rank === 3 && y.rank === 3) return x.index - y.index;
  return x.rank - y.rank;
}

/** As conflicts print it: `.spec`, `[name="app"]`, `[="a"]`, `[0]`. */
export function formatPathElement(element: PathElement): string {
  const parsed = parse(element);
  switch (parsed.rank) {
    case 0:
      return `.${parsed.name}`;
    case 1:
      return `[${parsed.fields.map(([name, value]) => `${name}=${formatKeyValue(value)}`).join(",")}]`;
    case 2:
      return `[=${formatKeyValue(parsed.value)}]`;
    case 3:
      return `[${parsed.index}]`;
  }
}

/** As conflicts print it: `.spec.template.spec.containers[name="app"].image`. */
export function formatPath(path: FieldPath): string {
  return path.map(formatPathElement).join("");
}

/** Parsing JSON out of the same few keys again and again would dominate sorting: they are remembered. */
const parsedKeys = new Map<PathElement, Parsed>();
const maxParsedKeys = 4096;

function parse(element: PathElement): Parsed {
  const content = element.slice(2);
  if (element.startsWith("f:")) return { rank: 0, name: content };
  if (element.startsWith("i:")) return parseIndex(content);
  const known = parsedKeys.get(element);
  if (known !== undefined) return known;
  const parsed = element.startsWith("k:") ? parseKey(content) : { rank: 2 as const, value: parseContent(content) };
  if (parsedKeys.size >= maxParsedKeys) parsedKeys.clear();
  parsedKeys.set(element, parsed);
  return parsed;
}

function parseIndex(content: string): Parsed {
  if (!/^[+-]?\d+$/.test(content)) {
    throw new PatchError("InvalidManagedFields", `strconv.Atoi: parsing ${quote(content)}: invalid syntax`);
  }
  return { rank: 3, index: Number(content) };
}

function parseKey(content: string): Parsed {
  const value = parseContent(content);
  if (!isObject(value)) throw new PatchError("InvalidManagedFields", `key is not an object: ${content}`);
  return { rank: 1, fields: Object.entries(value).toSorted(([a], [b]) => compareUtf8(a, b)) };
}

function parseContent(content: string): JsonValue {
  try {
    return parseJson(content);
  } catch (cause) {
    throw new PatchError("InvalidManagedFields", `parsing key as path element: ${content}`, { cause });
  }
}

function compareKeys(a: readonly KeyField[], b: readonly KeyField[]): number {
  for (const [index, [name, value]] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareUtf8(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers before strings before booleans before everything else. */
function compareValues(a: JsonValue, b: JsonValue): number {
  const rank = valueRank(a) - valueRank(b);
  if (rank !== 0) return rank;
  if (typeof a === "string" && typeof b === "string") return compareUtf8(a, b);
  if (isScalar(a) && isScalar(b)) return a < b ? -1 : a > b ? 1 : 0;
  return compareUtf8(encodeJson(a), encodeJson(b));
}

function valueRank(value: JsonValue): number {
  if (typeof value === "number" || typeof value === "bigint") return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "boolean") return 2;
  if (value === null) return 5;
  return Array.isArray(value) ? 3 : 4;
}

function formatKeyValue(value: JsonValue): string {
  if (typeof value === "string") return quote(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isObject(value)) {
    return Object.entries(value)
      .map(([name, item]) => `${name}=${formatKeyValue(item)}`)
      .join("");
  }
  return `[${value.map(formatKeyValue).join(",")}]`;
}
