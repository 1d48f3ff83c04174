import type { JsonValue } from "../json/json.ts";

export type ScalarType = "string" | "numeric" | "boolean" | "untyped";

/**
 * How values of a type merge. A type may allow several shapes (an int-or-string is anything): each value then picks
 * the one that fits it. Types refer to each other directly and may be recursive, so a schema is a graph: never
 * serialise or mutate it.
 */
export interface TypeSchema {
  readonly scalar?: ScalarType;
  readonly list?: ListSchema;
  readonly map?: MapSchema;
}

/** A list. */
export interface ListSchema {
  /** `associative`: each item is managed on its own; `atomic`: the list is one value. */
  readonly relationship: "associative" | "atomic";
  /** The fields that tell items apart; none means that the items are a set of scalars. */
  readonly keys: readonly string[];
  readonly element: TypeSchema;
}

/** A struct, a map, or both. */
export interface MapSchema {
  /** `granular`: each entry is managed on its own; `atomic`: the map is one value. */
  readonly relationship: "granular" | "atomic";
  readonly fields: ReadonlyMap<string, FieldSchema>;
  /** The type of entries that are not in `fields`; `undefined` when there may be none. */
  readonly element: TypeSchema | undefined;
}

/** A named field of a struct. */
export interface FieldSchema {
  readonly type: TypeSchema;
  /** What an absent key field of a list item counts as. */
  readonly default?: JsonValue;
  /** How a strategic merge patch treats the field: some of `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies?: readonly string[];
  /** The field that tells the items of a list apart in a strategic merge patch. */
  readonly patchMergeKey?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Any value; maps and lists are one value each. */
export const untypedAtomic: TypeSchema = (() => {
  const type: Mutable<TypeSchema> = { scalar: "untyped" };
  type.list = { relationship: "atomic", keys: [], element: type };
  type.map = { relationship: "atomic", fields: new Map(), element: type };
  return type;
})();

/** Any value; what it is decides how it merges: maps entry by entry, lists and scalars as a whole. */
export const deduced: TypeSchema = (() => {
  const type: Mutable<TypeSchema> = { scalar: "untyped" };
  type.list = { relationship: "atomic", keys: [], element: untypedAtomic };
  type.map = { relationship: "granular", fields: new Map(), element: type };
  return type;
})();

/** Whether a map has no fields of its own and takes whatever it is given. */
export function isDeducedMap(map: MapSchema): boolean {
  return map.fields.size === 0 && map.element === deduced;
}

/** The type of an entry; `undefined` where the map allows no such entry. */
export function entryType(map: MapSchema, key: string): TypeSchema | undefined {
  return map.fields.get(key)?.type ?? map.element;
}
