import { findKubernetesType } from "@sluice/api";
import { badRequest } from "../errors/status-errors.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { readFields, readPacked, type WireField } from "./wire.ts";

/** How one field of a message is to be read. */
interface FieldPlan {
  /** `-`: the fields of the message belong to the one around it; `.`: the message is this list. */
  readonly name: string;
  /** `s`, `i`, `b`, `d`, `y`, or `m` and a type's name; `*` before lists, `%` before maps. */
  readonly code: string;
  /** Whether Go's JSON leaves out a zero. */
  readonly dropsZero: boolean;
}

type Plan = ReadonlyMap<number, FieldPlan>;
type Messages = { readonly [name: string]: string };

const plans = new Map<string, Plan>();
const magic = Buffer.from("k8s\0", "latin1");

/**
 * Decodes a body in Kubernetes' protobuf, as the typed clients of Go send it, into the JSON that says the same. Throws a
 * 400 for anything malformed and for kinds that have no protobuf.
 */
export async function decodeProtobuf(body: Buffer): Promise<JsonObject> {
  if (!body.subarray(0, 4).equals(magic)) {
    throw badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  // Most servers never need the table: clients that speak protobuf are rare here.
  const { default: messages } = await import("./generated/messages.json", { with: { type: "json" } });
  try {
    return decodeEnvelope(body.subarray(4), messages);
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`proto: ${error.message}`);
    throw error;
  }
}

function decodeEnvelope(bytes: Buffer, messages: Messages): JsonObject {
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
  if (name === undefined || messages[name] === undefined) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme`,
    );
  }
  return { apiVersion, kind, ...decodeMessage(raw, name, messages) };
}

const deleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

function planOf(name: string, messages: Messages): Plan {
  let plan = plans.get(name);
  if (plan === undefined) {
    const fields = (messages[name] ?? "").split("|").filter((field) => field !== "");
    plan = new Map(
      fields.map((text) => {
        const [number, field = "", code = "", zero] = text.split(" ");
        return [Number(number), { name: field, code, dropsZero: zero === "0" }];
      }),
    );
    plans.set(name, plan);
  }
  return plan;
}

function decodeMessage(bytes: Buffer, name: string, messages: Messages): JsonObject {
  const plan = planOf(name, messages);
  const object: JsonObject = {};
  for (const field of readFields(bytes)) {
    const target = plan.get(field.number);
    // Fields of a newer version are left out, as Go does.
    if (target !== undefined) decodeField(object, field, target, messages);
  }
  return object;
}

function decodeField(
  object: JsonObject,
  { value }: WireField,
  { name, code, dropsZero }: FieldPlan,
  messages: Messages,
): void {
  if (code.startsWith("%")) {
    if (!Buffer.isBuffer(value)) return;
    const map = (object[name] ??= {}) as JsonObject;
    const [key, item] = decodeEntry(value, code.slice(1), messages);
    map[key] = item;
  } else if (code.startsWith("*")) {
    const list = (object[name] ??= []) as Json[];
    if (code === "*i" && Buffer.isBuffer(value)) list.push(...readPacked(value));
    else list.push(decodeValue(value, code.slice(1), messages) ?? null);
  } else {
    const decoded = decodeValue(value, code, messages);
    if (name === "-" && typeof decoded === "object") Object.assign(object, decoded);
    else if (decoded !== undefined && !(dropsZero && isZero(decoded))) object[name] = decoded;
  }
}

function isZero(value: Json): boolean {
  return value === 0 || value === "" || value === false;
}

function decodeEntry(bytes: Buffer, code: string, messages: Messages): [string, Json] {
  let key = "";
  let value: Json = code === "s" || code === "y" ? "" : code.startsWith("m") ? {} : 0;
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = String(field.value);
    else if (field.number === 2) value = decodeValue(field.value, code, messages) ?? null;
  }
  return [key, value];
}

/** Reads one value; `undefined` for what Go's JSON shows as null, like a time that is not set. */
function decodeValue(value: number | Buffer, code: string, messages: Messages): Json | undefined {
  if (!Buffer.isBuffer(value)) return code === "b" ? value !== 0 : value;
  if (code === "y") return value.toString("base64");
  if (!code.startsWith("m")) return value.toString("utf8");
  const name = code.slice(1);
  const special = specials[name.slice(name.lastIndexOf(".") + 1)];
  if (special !== undefined) return special(value);
  const object = decodeMessage(value, name, messages);
  // A named list travels as a message with one field.
  const items = object["."];
  return planOf(name, messages).get(1)?.name === "." ? (items ?? []) : object;
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
