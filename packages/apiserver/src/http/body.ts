import type { IncomingMessage } from "node:http";
import { parseYaml } from "./yaml.ts";
import { StatusError } from "@sluice/api";
import { badRequest, entityTooLarge, unsupportedMediaType } from "../errors/status-errors.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { decodeProtobuf } from "../protobuf/decode.ts";
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

/** Decodes a body that holds one object. Throws a 415 for other content types and a 400 for anything malformed. */
export function decodeObject(body: Buffer, contentType: string | undefined): JsonObject {
  const type = contentTypeOf(contentType);
  if (type === "application/vnd.kubernetes.protobuf") return decodeProtobuf(body);
  // Like upstream, a missing content type means JSON; so do the YAML texts that begin as JSON does.
  if (
    type === "" ||
    type === "application/json" ||
    type === "text/plain" ||
    type === "application/x-www-form-urlencoded"
  ) {
    return expectObject(decodeJson(body));
  }
  if (type === "application/yaml" || type === "application/x-yaml" || type === "text/yaml") {
    return expectObject(decodeYaml(body));
  }
  throw unsupportedMediaType([...bodyTypes]);
}

/** Decodes JSON. Throws a 400 that says where it is malformed. */
export function decodeJson(body: Buffer): Json {
  const text = body.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedBody(`couldn't get version/kind; json parse error: ${syntaxMessage(error, text)}`);
  }
  return checkDepth(withoutPrototypes(value as Json, text));
}

/** Decodes YAML, which JSON is a part of. */
export function decodeYaml(body: Buffer): Json {
  const text = body.toString("utf8");
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return checkDepth(value as Json);
}

function expectObject(value: Json): JsonObject {
  if (isObject(value)) return value;
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

/** Where Go's decoder says that it was, by how V8 begins its message. */
const syntaxPlaces: readonly (readonly [RegExp, string])[] = [
  [/^Expected property name|^Expected double-quoted/, "looking for beginning of object key string"],
  [/^Expected ',' or '}'/, "after object key:value pair"],
  [/^Expected ',' or ']'/, "after array element"],
  [/^Expected ':'/, "after object key"],
  [/^Unexpected non-whitespace/, "after top-level value"],
  [/^Bad control character/, "in string literal"],
  [/^Bad escaped/, "in string escape code"],
];

/** Puts V8's complaint into Go's words. */
function syntaxMessage(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (text.trim() === "" || /unexpected end|unterminated string/i.test(message)) return "unexpected end of JSON input";
  const position = /at position (\d+)/.exec(message)?.[1];
  const found = position === undefined ? /^Unexpected token '?(.)/u.exec(message)?.[1] : text.charAt(Number(position));
  if (found === undefined || found === "") return "unexpected end of JSON input";
  const place = syntaxPlaces.find(([pattern]) => pattern.test(message))?.[1] ?? "looking for beginning of value";
  return `invalid character '${found}' ${place}`;
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
