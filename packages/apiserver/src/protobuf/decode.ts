import { findKubernetesType } from "@sluice/api";
import { badRequest } from "../errors/status-errors.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { findMessageFields, type MessageField } from "./message-fields.ts";
import { readFields, readPacked, type WireField } from "./wire.ts";

type Plan = ReadonlyMap<number, MessageField>;

const plans = new Map<string, Plan>();
const magic = Buffer.from("k8s\0", "latin1");

/**
 * Decodes a body in Kubernetes' protobuf, as the typed clients of Go send it, into the JSON that says the same. Throws a
 * 400 for anything malformed and for kinds that have no protobuf.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(magic)) {
    throw badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  try {
    return decodeEnvelope(body.subarray(4));
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`proto: ${error.message}`);
    throw error;
  }
}

const deleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

function decodeEnvelope(bytes: Buffer): JsonObject {
  let apiVersion = "";
  let kind = "";
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, value } of readFields(bytes)) {
    if (!Buffer.isBuffer(value)) continue;
    if (number === 2) raw = value;
    else if (number === 1) {
      for (const field of readFields(value)) {
        if (field.number === 1) apiVersion = String(field.value);
        else if (field.number === 2) kind = String(field.value);
      }
    }
  }
  const slash = apiVersion.indexOf("/");
  const gvk = { group: slash < 0 ? "" : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
  const name = kind === "DeleteOptions" ? deleteOptions : findKubernetesType(gvk)?.name;
  if (name === undefined || findMessageFields(name) === undefined) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme`,
    );
  }
  return { apiVersion, kind, ...decodeMessage(raw, name) };
}

function planOf(name: string): Plan {
  let plan = plans.get(name);
  if (plan === undefined)
    plans.set(name, (plan = new Map((findMessageFields(name) ?? []).map((field) => [field.number, field]))));
  return plan;
}

function decodeMessage(bytes: Buffer, name: string): JsonObject {
  const plan = planOf(name);
  const object: JsonObject = {};
  for (const field of readFields(bytes)) {
    const target = plan.get(field.number);
    // Fields of a newer version are left out, as Go does.
    if (target !== undefined) decodeField(object, field, target);
  }
  return object;
}

function decodeField(object: JsonObject, { value }: WireField, { name, code }: MessageField): void {
  if (code.startsWith("%")) {
    if (!Buffer.isBuffer(value)) return;
    const map = (object[name] ??= {}) as JsonObject;
    const [key, item] = decodeEntry(value, code.slice(1));
    map[key] = item;
  } else if (code.startsWith("*")) {
    const list = (object[name] ??= []) as Json[];
    if (code === "*i" && Buffer.isBuffer(value)) list.push(...readPacked(value));
    else list.push(decodeValue(value, code.slice(1)) ?? null);
  } else {
    const decoded = decodeValue(value, code);
    if (name === "-" && typeof decoded === "object") Object.assign(object, decoded);
    else if (decoded !== undefined) object[name] = decoded;
  }
}

function decodeEntry(bytes: Buffer, code: string): [string, Json] {
  let key = "";
  let value: Json = code === "s" || code === "y" ? "" : code.startsWith("m") ? {} : 0;
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = String(field.value);
    else if (field.number === 2) value = decodeValue(field.value, code) ?? null;
  }
  return [key, value];
}

/** Reads one value; `undefined` for what Go's JSON shows as null, like a time that is not set. */
function decodeValue(value: number | Buffer, code: string): Json | undefined {
  if (!Buffer.isBuffer(value)) return code === "b" ? value !== 0 : value;
  if (code === "y") return value.toString("base64");
  if (!code.startsWith("m")) return value.toString("utf8");
  const name = code.slice(1);
  const special = specials[name.slice(name.lastIndexOf(".") + 1)];
  if (special !== undefined) return special(value);
  const object = decodeMessage(value, name);
  // A named list travels as a message with one field.
  return planOf(name).get(1)?.name === "." ? (object["."] ?? []) : object;
}

/** Types that write themselves as something else in JSON. */
const specials: Readonly<Record<string, (bytes: Buffer) => Json | undefined>> = {
  Time: (bytes) => decodeTime(bytes, 0),
  MicroTime: (bytes) => decodeTime(bytes, 6),
  Quantity: (bytes) => textOf(bytes, 1),
  IntOrString: (bytes) => {
    const fields = new Map([...readFields(bytes)].map(({ number, value }) => [number, value]));
    return fields.get(1) === 1 ? String(fields.get(3) ?? "") : Number(fields.get(2) ?? 0);
  },
  RawExtension: embeddedJson,
  FieldsV1: embeddedJson,
};

function textOf(bytes: Buffer, wanted: number): string {
  for (const { number, value } of readFields(bytes)) if (number === wanted) return String(value);
  return "";
}

function embeddedJson(bytes: Buffer): Json | undefined {
  const text = textOf(bytes, 1);
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new RangeError("embedded JSON is malformed");
  }
}

function decodeTime(bytes: Buffer, digits: 0 | 6): string | undefined {
  let seconds: number | undefined;
  let nanos = 0;
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) seconds = Number(value);
    else if (number === 2) nanos = Number(value);
  }
  if (seconds === undefined) return undefined;
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${text}Z` : `${text}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z`;
}
