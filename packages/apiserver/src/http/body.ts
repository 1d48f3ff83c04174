import type { IncomingMessage } from "node:http";
import { parseYaml } from "./yaml.ts";
import { StatusError } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import { badRequest, entityTooLarge, unsupportedMediaType } from "../errors/status-errors.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { decodeProtobuf } from "../protobuf/decode.ts";
import { scanJson } from "../json/json-scanner.ts";
import { contentTypeOf } from "./media-type.ts";

/** A body that is not even an object. Where it is not caught it is a bad request like others. */
export class MalformedBody extends StatusError {
  constructor(message: string) {
    super(badRequest(message).status);
  }
}

/** What a real server accepts: 3 MiB. */
export const maxBodyBytes: number = 3 * 1024 * 1024;

/** Reads a request's body. Throws a 413 for more than {@link maxBodyBytes}. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): Error => entityTooLarge(`Request body is too large: limit is ${maxBodyBytes}`);
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
      reject(tooLarge());
      request.resume();
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on("end", () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on("error", reject);
    request.on("aborted", () => reject(badRequest("the request was aborted")));
  });
}

const bodyTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/**
 * Decodes a body that holds one object. Throws a 415 for other content types and a 400 for anything malformed. What a
 * strict decoder would refuse, members that occur twice, goes to `strict`.
 */
export function decodeObject(body: Buffer, contentType: string | undefined, strict: string[] = []): JsonObject {
  const type = contentTypeOf(contentType);
  if (type === "application/vnd.kubernetes.protobuf") return decodeProtobuf(body);
  // A missing content type means JSON.
  if (type === "" || type === "application/json") return expectObject(decodeJson(body, strict));
  if (type === "application/yaml") return expectObject(decodeYaml(body, strict));
  throw unsupportedMediaType([...bodyTypes]);
}

/** A text that is not JSON; the message says why in Go's words. */
export class JsonSyntaxError extends SyntaxError {}

/** Reads JSON as Go does. Throws a {@link JsonSyntaxError}; members that occur twice go to `duplicates`. */
export function readJson(body: Buffer, duplicates: string[] = []): Json {
  const text = body.toString("utf8");
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const found = scanJson(text);
    throw new JsonSyntaxError(found.isValid ? messageOf(error) : found.message);
  }
  const checked = checkDepth(value);
  if (mayRepeatMembers(text, checked)) {
    const found = scanJson(text);
    if (found.isValid) duplicates.push(...found.duplicates);
  }
  return withoutPrototypes(checked, text);
}

/** Decodes JSON. Throws a 400 that says where it is malformed. */
export function decodeJson(body: Buffer, strict: string[] = []): Json {
  const duplicates: string[] = [];
  try {
    return readJson(body, duplicates);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new MalformedBody(`couldn't get version/kind; json parse error: ${error.message}`);
  } finally {
    strict.push(...duplicates.map((field) => `duplicate field ${JSON.stringify(field)}`));
  }
}

/** Decodes YAML, which JSON is a part of. Throws a 400 that says where it is malformed. */
export function decodeYaml(body: Buffer, strict: string[] = []): Json {
  const text = body.toString("utf8");
  let value: Json;
  try {
    const read = parseYaml(text);
    value = read.value;
    if (read.duplicates !== undefined) strict.push(read.duplicates);
  } catch (error) {
    throw new MalformedBody(messageOf(error));
  }
  return checkDepth(value);
}

/** Whether a text names more members than its value has: rarely true without one that is named twice. */
function mayRepeatMembers(text: string, value: Json): boolean {
  let named = 0;
  for (const _ of text.matchAll(/"[ \t\r\n]*:/g)) named++;
  let members = 0;
  const count = (node: Json): void => {
    if (typeof node !== "object" || node === null) return;
    const children = Object.values(node);
    if (!Array.isArray(node)) members += children.length;
    for (const child of children) count(child ?? null);
  };
  count(value);
  return named > members;
}

function expectObject(value: Json): JsonObject {
  if (isObject(value)) return value;
  // Go leaves an object as it is, empty, when it decodes null into it.
  if (value === null) return {};
  throw new MalformedBody(
    "couldn't get version/kind; json parse error: json: cannot unmarshal " +
      `${goTypeOf(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

/** The name that Go's JSON decoder has for a value's type. */
export function goTypeOf(value: Json | undefined): string {
  if (Array.isArray(value)) return "array";
  if (value === null || value === undefined) return "null";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/**
 * Drops members named `__proto__`: copying them member by member would replace the copy's prototype. No Kubernetes type
 * has such a field.
 */
function withoutPrototypes(value: Json, text: string): Json {
  if (!/__proto__|\\u00/i.test(text)) return value;
  const visit = (node: Json): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (isObject(node)) {
      delete node["__proto__"];
      for (const key of Object.keys(node)) visit(node[key] ?? null);
    }
  };
  visit(checkDepth(value));
  return value;
}

const maxDepth = 1000;

/** Refuses values whose nesting would exhaust the stack of whoever walks over them. */
function checkDepth(value: Json): Json {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw badRequest("json: exceeded max depth");
    const next: Json[] = [];
    for (const node of level) {
      if (typeof node !== "object" || node === null) continue;
      for (const child of Object.values(node)) {
        if (typeof child === "object" && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return value;
}
