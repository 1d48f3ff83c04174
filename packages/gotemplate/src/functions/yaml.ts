import { parse, stringify, YamlError } from "@sluice/yaml";
import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeJson } from "../json/encode.ts";
import { rejoinBytes } from "../value/bytes.ts";
import { setKey } from "../value/map.ts";
import { toPlain } from "../value/plain.ts";
import { isMap, isSlice, nilMap, nilSlice, type Value, type ValueMap, withGoType } from "../value/value.ts";
import { orElse, orMessage } from "./encoding.ts";
import { encodeToml } from "./toml.ts";
import { formatPretty } from "./yaml-pretty.ts";

/** Failures of the YAML package are those of the function. */
function withYaml<T>(body: () => T, prefix = ""): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof YamlError && error.code !== "LimitExceeded") throw new FunctionError(prefix + error.message);
    throw error;
  }
}

function withoutLineEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function toYaml(value: Value): string {
  return withYaml(() => withoutLineEnd(stringify(toPlain(value))));
}

function toYamlPretty(value: Value): string {
  return withYaml(() => withoutLineEnd(formatPretty(value)));
}

/** Numbers come as floats, however large. */
function asFloats(value: Value): Value {
  if (typeof value === "bigint") return Number(value);
  if (isSlice(value)) return value.map(asFloats);
  if (!isMap(value)) return value;
  const result: ValueMap = {};
  for (const key of Object.keys(value)) setKey(result, key, asFloats(value[key]));
  return result;
}

function jsonKind(value: Value): string {
  if (isSlice(value)) return "array";
  if (isMap(value)) return "object";
  return typeof value === "boolean" ? "bool" : typeof value;
}

const goNames = { map: "map[string]interface {}", slice: "[]interface {}" } as const;

function unmarshalError(value: Value, wanted: keyof typeof goNames): string {
  return `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goNames[wanted]}`;
}

/** A map with the message under `Error` stands for what cannot be read. */
function mapOr(prefix: string, read: () => Value): ValueMap {
  try {
    const value = read();
    if (value === null) return withGoType({}, nilMap);
    if (isMap(value)) return value;
    return { Error: prefix + unmarshalError(value, "map") };
  } catch (error) {
    if (error instanceof FunctionError) return { Error: error.message };
    throw error;
  }
}

function sliceOr(prefix: string, read: () => Value): Value[] {
  try {
    const value = read();
    if (value === null) return withGoType([], nilSlice);
    if (isSlice(value)) return value;
    return [prefix + unmarshalError(value, "slice")];
  } catch (error) {
    if (error instanceof FunctionError) return [error.message];
    throw error;
  }
}

function readYaml(text: string): Value {
  return withYaml(() => asFloats(parse(rejoinBytes(text)) as Value), "error converting YAML to JSON: ");
}

const decoding = "error unmarshaling JSON: while decoding JSON: ";

/** Helm's functions for YAML and JSON. Those for JSON take the place of sprig's. */
export const helmFunctions: FuncMap = {
  toYaml: fn(["any"], (value) => orElse("", () => toYaml(value))),
  mustToYaml: fn(["any"], toYaml),
  toYamlPretty: fn(["any"], (value) => orElse("", () => toYamlPretty(value))),
  fromYaml: fn(["string"], (text) => mapOr(decoding, () => readYaml(text) ?? {})),
  fromYamlArray: fn(["string"], (text) => sliceOr(decoding, () => readYaml(text) ?? [])),
  toToml: fn(["any"], (value) => orMessage(() => encodeToml(value))),
  mustToToml: fn(["any"], encodeToml),
  toJson: fn(["any"], (value) => orElse("", () => encodeJson(value))),
  mustToJson: fn(["any"], (value) => encodeJson(value)),
  fromJson: fn(["string"], (text) => mapOr("", () => decodeJson(text))),
  fromJsonArray: fn(["string"], (text) => sliceOr("", () => decodeJson(text))),
};
