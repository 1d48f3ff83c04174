import { KustomizeError } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/**
 * Describes a Go structure that JSON is decoded into, so that field names are matched and wrong types refused exactly
 * as Go's `encoding/json` does.
 */
export type Shape<T> =
  | AnyShape<T>
  | StringShape<T>
  | NumberShape<T>
  | BooleanShape<T>
  | ListShape<T>
  | MapShape<T>
  | StructShape<T>;

interface ShapeBase<T> {
  /** How Go calls the type in messages. */
  readonly goType: string;
  /** The Go structures, joined by dots, through which the field came into the one that has it. */
  readonly embeddedIn?: string;
  /** Carries the decoded type; never set. */
  readonly of?: T;
}
interface AnyShape<T> extends ShapeBase<T> {
  readonly type: "any";
}
interface StringShape<T> extends ShapeBase<T> {
  readonly type: "string";
}
interface NumberShape<T> extends ShapeBase<T> {
  readonly type: "int";
}
interface BooleanShape<T> extends ShapeBase<T> {
  readonly type: "bool";
}
interface ListShape<T> extends ShapeBase<T> {
  readonly type: "list";
  readonly element: Shape<unknown>;
}
interface MapShape<T> extends ShapeBase<T> {
  readonly type: "map";
  readonly element: Shape<unknown>;
}
interface StructShape<T> extends ShapeBase<T> {
  readonly type: "struct";
  readonly fields: { readonly [name: string]: Shape<unknown> };
}

export const text: Shape<string> = { type: "string", goType: "string" };
export const integer: Shape<number> = { type: "int", goType: "int" };
export const integer64: Shape<number> = { type: "int", goType: "int64" };
export const boolean: Shape<boolean> = { type: "bool", goType: "bool" };

/** Keeps the JSON value as it is. */
export const anything: Shape<Json> = { type: "any", goType: "interface {}" };

export function list<T>(element: Shape<T>, goElement: string = element.goType): Shape<readonly T[]> {
  return { type: "list", goType: `[]${goElement}`, element };
}

export function mapOf<T>(element: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return { type: "map", goType: `map[string]${element.goType}`, element };
}

type Fields = { readonly [name: string]: Shape<unknown> };
type Decoded<F extends Fields> = { readonly [K in keyof F]?: F[K] extends Shape<infer T> ? T : never };

/** The fields of a structure that Go embeds in another. */
export function embedded<F extends Fields>(structure: string, fields: F): F {
  const entries = Object.entries(fields).map(([name, shape]) => {
    const embeddedIn = shape.embeddedIn === undefined ? structure : `${structure}.${shape.embeddedIn}`;
    return [name, { ...shape, embeddedIn }];
  });
  // The same fields with the same types, and one note more.
  return Object.fromEntries(entries) as F;
}

export function struct<F extends Fields>(goType: string, fields: F): Shape<Decoded<F>> {
  return { type: "struct", goType, fields };
}

/** How {@link decode} treats what does not fit. */
export interface DecodeOptions {
  /** Refuses fields that the structure does not have. */
  readonly strict?: boolean;
  /** Accepts numbers and booleans where the structure has strings, as `sigs.k8s.io/yaml` does when it knows the target. */
  readonly coerce?: boolean;
}

/**
 * Decodes a JSON value. Field names match exactly, else in any case; null leaves a field out. Of several problems the
 * first in the order of the keys is thrown, as `InvalidKustomization`.
 */
export function decode<T>(value: Json, shape: Shape<T>, options: DecodeOptions = {}): T {
  const decoder = new Decoder(options);
  const decoded = decoder.value(value, shape, decoder.root);
  if (decoder.problem !== undefined) throw decoder.problem;
  // The decoder follows the shape, whose type parameter is what it describes.
  return (decoded ?? emptyOf(shape)) as T;
}

function emptyOf(shape: Shape<unknown>): unknown {
  switch (shape.type) {
    case "any":
      return null;
    case "string":
      return "";
    case "int":
      return 0;
    case "bool":
      return false;
    case "list":
      return [];
    case "map":
      return new Map();
    case "struct":
      return {};
  }
}

/** Where a value stands. */
interface Place {
  /** Go's name of the structure that has the field; `undefined` at the root. */
  readonly owner: string | undefined;
  readonly path: readonly string[];
  readonly coerce: boolean;
}

class Decoder {
  readonly #strict: boolean;
  readonly root: Place;
  problem: KustomizeError | undefined;

  constructor({ strict = false, coerce = false }: DecodeOptions) {
    this.#strict = strict;
    this.root = { owner: undefined, path: [], coerce };
  }

  value(value: Json, shape: Shape<unknown>, place: Place): unknown {
    if (value === null) return undefined;
    switch (shape.type) {
      case "any":
        return value;
      case "string":
        if (typeof value === "string") return value;
        if (place.coerce && typeof value !== "object") return String(value);
        return this.#mismatch(value, shape, place);
      case "bool":
        return typeof value === "boolean" ? value : this.#mismatch(value, shape, place);
      case "int":
        if (typeof value === "bigint") return Number(value);
        return typeof value === "number" && Number.isInteger(value) ? value : this.#mismatch(value, shape, place);
      case "list":
        if (!Array.isArray(value)) return this.#mismatch(value, shape, place);
        return value.map((each) => this.value(each, shape.element, place) ?? emptyOf(shape.element));
      case "map":
        return isJsonObject(value) ? this.#map(value, shape, place) : this.#mismatch(value, shape, place);
      case "struct":
        return isJsonObject(value) ? this.#struct(value, shape, place) : this.#mismatch(value, shape, place);
    }
  }

  #map(value: JsonObject, shape: MapShape<unknown>, place: Place): unknown {
    const map = new Map<string, unknown>();
    for (const key of Object.keys(value).toSorted()) {
      map.set(key, this.value(value[key] ?? null, shape.element, place) ?? emptyOf(shape.element));
    }
    return map;
  }

  #struct(value: JsonObject, shape: StructShape<unknown>, place: Place): unknown {
    const decoded: { [name: string]: unknown } = {};
    for (const key of Object.keys(value).toSorted()) {
      const name = findField(shape.fields, key);
      const field = name === undefined ? undefined : shape.fields[name];
      if (name === undefined || field === undefined) {
        if (this.#strict) this.#report(`json: unknown field ${JSON.stringify(key)}`, key);
        continue;
      }
      const inner = this.value(value[key] ?? null, field, fieldPlace(shape, field, name, place));
      if (inner !== undefined) decoded[name] = inner;
    }
    return decoded;
  }

  #mismatch(value: Json, shape: Shape<unknown>, { owner, path }: Place): undefined {
    const target = owner === undefined ? "value" : `struct field ${owner}.${path.join(".")}`;
    const message = `json: cannot unmarshal ${describe(value, shape)} into Go ${target} of type ${shape.goType}`;
    this.#report(message, path.join("."));
    return undefined;
  }

  #report(message: string, field: string): void {
    this.problem ??= new KustomizeError("InvalidKustomization", message, { field });
  }
}

function fieldPlace(shape: StructShape<unknown>, field: Shape<unknown>, name: string, place: Place): Place {
  const { embeddedIn } = field;
  return {
    owner: shape.goType.slice(shape.goType.lastIndexOf(".") + 1),
    path: [...place.path, embeddedIn === undefined ? name : `${embeddedIn}.${name}`],
    // The library that coerces loses its way in embedded structures.
    coerce: place.coerce && embeddedIn === undefined,
  };
}

function findField(fields: Fields, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  const folded = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === folded);
}

function describe(value: Json, shape: Shape<unknown>): string {
  if (typeof value === "object") return Array.isArray(value) ? "array" : "object";
  if (typeof value === "number" || typeof value === "bigint")
    return shape.type === "int" ? `number ${value}` : "number";
  return typeof value === "boolean" ? "bool" : "string";
}
