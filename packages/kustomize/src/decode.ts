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
  const decoded = decoder.value(value, shape, undefined, []);
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

class Decoder {
  readonly #options: DecodeOptions;
  problem: KustomizeError | undefined;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  value(value: Json, shape: Shape<unknown>, owner: string | undefined, path: readonly string[]): unknown {
    if (value === null) return undefined;
    switch (shape.type) {
      case "any":
        return value;
      case "string":
        if (typeof value === "string") return value;
        if (this.#options.coerce === true && typeof value !== "object") return String(value);
        return this.#mismatch(value, shape, owner, path);
      case "bool":
        return typeof value === "boolean" ? value : this.#mismatch(value, shape, owner, path);
      case "int":
        if (typeof value === "bigint") return Number(value);
        return typeof value === "number" && Number.isInteger(value) ? value : this.#mismatch(value, shape, owner, path);
      case "list":
        if (!Array.isArray(value)) return this.#mismatch(value, shape, owner, path);
        return value.map((each) => this.value(each, shape.element, owner, path) ?? emptyOf(shape.element));
      case "map":
        if (!isJsonObject(value)) return this.#mismatch(value, shape, owner, path);
        return this.#map(value, shape, owner, path);
      case "struct":
        if (!isJsonObject(value)) return this.#mismatch(value, shape, owner, path);
        return this.#struct(value, shape, path);
    }
  }

  #map(value: JsonObject, shape: MapShape<unknown>, owner: string | undefined, path: readonly string[]): unknown {
    const map = new Map<string, unknown>();
    for (const key of Object.keys(value).toSorted()) {
      map.set(key, this.value(value[key] ?? null, shape.element, owner, path) ?? emptyOf(shape.element));
    }
    return map;
  }

  #struct(value: JsonObject, shape: StructShape<unknown>, path: readonly string[]): unknown {
    const decoded: { [name: string]: unknown } = {};
    for (const key of Object.keys(value).toSorted()) {
      const name = findField(shape.fields, key);
      const field = name === undefined ? undefined : shape.fields[name];
      if (name === undefined || field === undefined) {
        if (this.#options.strict === true) this.#report(`json: unknown field ${JSON.stringify(key)}`, key);
        continue;
      }
      const inner = this.value(value[key] ?? null, field, shape.goType, [...path, name]);
      if (inner !== undefined) decoded[name] = inner;
    }
    return decoded;
  }

  #mismatch(value: Json, shape: Shape<unknown>, owner: string | undefined, path: readonly string[]): undefined {
    const place = owner === undefined ? "value" : `struct field ${owner}.${path.join(".")}`;
    this.#report(
      `json: cannot unmarshal ${describe(value, shape)} into Go ${place} of type ${shape.goType}`,
      path.join("."),
    );
    return undefined;
  }

  #report(message: string, field: string): void {
    this.problem ??= new KustomizeError("InvalidKustomization", message, { field });
  }
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
