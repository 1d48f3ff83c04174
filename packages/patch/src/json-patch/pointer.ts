import { PatchError } from "../errors.ts";
import { quote } from "../json/go-text.ts";
import { getOwn, isArray, omitKeys, withKey, type JsonObject, type JsonValue } from "../json/json.ts";

/** What a pointer can lead into. */
export type Container = JsonObject | readonly JsonValue[];

/** Where an operation acts: an entry of a container that exists; the entry itself may not. */
export interface Place {
  readonly container: Container;
  readonly key: string;
  /** The keys from the root of the document to the container. */
  readonly parents: readonly string[];
}

/**
 * Finds the container that a JSON pointer (RFC 6901) leads into; `undefined` when it does not exist, and for the
 * document itself, which is in no container. What precedes the first slash is ignored.
 */
export function findContainer(document: JsonValue, pointer: string): Place | undefined {
  const [, ...tokens] = pointer.split("/");
  const parents = tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = parents.pop();
  let container = document;
  for (const parent of parents) {
    const next = isContainer(container) ? findEntry(container, parent) : undefined;
    if (next === undefined) return undefined;
    container = next;
  }
  return key === undefined || !isContainer(container) ? undefined : { container, key, parents };
}

function isContainer(value: JsonValue): value is Container {
  return typeof value === "object" && value !== null;
}

function findEntry(container: Container, key: string): JsonValue | undefined {
  if (!isArray(container)) return getOwn(container, key);
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  return container[index < 0 ? index + container.length : index];
}

/** The document with another container in a place; `place` must have been found in it. */
export function replaceContainer(document: JsonValue, place: Place, container: Container): JsonValue {
  const replace = (value: JsonValue, depth: number): JsonValue => {
    const parent = place.parents[depth];
    if (parent === undefined) return container;
    if (!isContainer(value)) throw new TypeError("the place is not in the document");
    return setEntry(value, parent, replace(findEntry(value, parent) ?? null, depth + 1));
  };
  return replace(document, 0);
}

/** Reads an entry; `undefined` for a key that is missing. Throws `PatchFailed` for an index that is. */
export function getEntry(container: Container, key: string): JsonValue | undefined {
  return isArray(container) ? container[existingIndex(container, key)] : getOwn(container, key);
}

/** Sets a key, or an item that exists. */
export function setEntry(container: Container, key: string, value: JsonValue): Container {
  return isArray(container) ? container.with(existingIndex(container, key), value) : withKey(container, key, value);
}

/** Sets a key, or inserts an item before an index; `-` stands for the end. */
export function addEntry(container: Container, key: string, value: JsonValue): Container {
  if (!isArray(container)) return withKey(container, key, value);
  if (key === "-") return [...container, value];
  return container.toSpliced(insertionIndex(container, key), 0, value);
}

function insertionIndex(items: readonly JsonValue[], key: string): number {
  if (!/^[+-]?\d+$/.test(key)) {
    throw new PatchError("PatchFailed", `value was not a proper array index: '${key}': ${notANumber(key)}`);
  }
  return checkIndex(Number(key), items.length + 1);
}

/** Removes a key or an item. Throws `PatchFailed` when there is none. */
export function removeEntry(container: Container, key: string): Container {
  if (isArray(container)) return container.toSpliced(existingIndex(container, key), 1);
  if (Object.hasOwn(container, key)) return omitKeys(container, key);
  throw new PatchError("PatchFailed", `Unable to remove nonexistent key: ${key}: missing value`);
}

function existingIndex(items: readonly JsonValue[], key: string): number {
  if (!/^[+-]?\d+$/.test(key)) throw new PatchError("PatchFailed", notANumber(key));
  return checkIndex(Number(key), items.length);
}

function notANumber(key: string): string {
  return `strconv.Atoi: parsing ${quote(key)}: invalid syntax`;
}

/** Negative indices count from the end. */
function checkIndex(index: number, length: number): number {
  if (index < length && index >= -length) return index < 0 ? index + length : index;
  throw new PatchError("PatchFailed", `Unable to access invalid index: ${index}: invalid index referenced`);
}
