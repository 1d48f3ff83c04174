import type { MappingNode, Node } from "@sluice/yaml";
import { KustomizeError } from "./errors.ts";
import { equalJson, isJsonObject, type Json, jsonText } from "./json.ts";
import { clearField, fieldOf, findPair } from "./node/fields.ts";
import { copyNode, makeScalar } from "./node/make.ts";
import { jsonNode, objectThroughJson } from "./node/normalize.ts";
import { toPlain } from "./node/to-plain.ts";

/** One operation as it was written; its fields are checked when it is applied. */
export interface JsonPatchOperation {
  readonly [field: string]: Json;
}

/** Takes JSON as a list of operations. Throws `InvalidPatch` for anything but a list of objects; null is an empty list. */
export function toJsonPatch(value: Json): readonly JsonPatchOperation[] {
  if (value === null) return [];
  if (!Array.isArray(value)) {
    throw new KustomizeError(
      "InvalidPatch",
      `json: cannot unmarshal ${typeName(value)} into Go value of type jsonpatch.Patch`,
    );
  }
  return value.map((operation) => {
    if (isJsonObject(operation)) return operation;
    throw new KustomizeError(
      "InvalidPatch",
      `json: cannot unmarshal ${typeName(operation)} into Go value of type jsonpatch.Operation`,
    );
  });
}

function typeName(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}

/**
 * Applies a JSON patch and returns the new tree. The object goes through JSON on the way: comments and styles are
 * lost, and all numbers become floats. Throws `InvalidPatch` in the words of the library that kustomize uses.
 */
export function applyJsonPatch(node: MappingNode, patch: readonly JsonPatchOperation[]): MappingNode {
  const holder: Holder = { root: objectThroughJson(node, "yaml") };
  for (const operation of patch) apply(holder, operation);
  if (holder.root.kind !== "mapping") {
    throw new KustomizeError(
      "InvalidPatch",
      "json: cannot unmarshal array into Go value of type map[string]interface {}",
    );
  }
  return holder.root;
}

interface Holder {
  root: Node;
}

const missing = "missing value";

function fail(message: string): KustomizeError {
  return new KustomizeError("InvalidPatch", message);
}

function apply(holder: Holder, operation: JsonPatchOperation): void {
  const kind = jsonText(operation["op"]) ?? "unknown";
  switch (kind) {
    case "add":
      return add(holder, operation);
    case "remove":
      return remove(holder, operation);
    case "replace":
      return replace(holder, operation);
    case "move":
      return move(holder, operation);
    case "copy":
      return copy(holder, operation);
    case "test":
      return test(holder, operation);
    default:
      throw fail(`Unexpected kind: ${kind}`);
  }
}

function pathOf(operation: JsonPatchOperation, field: "path" | "from", action: string): string {
  const path = jsonText(operation[field]);
  if (path === undefined)
    throw fail(`${action} operation failed to decode ${field}: ${problemWith(operation, field, action)}`);
  return path;
}

/** Some operations say what is wrong with the field, others only that something is. */
function problemWith(operation: JsonPatchOperation, field: "path" | "from", action: string): string {
  if (action === "add" || action === "remove" || (action === "copy" && field === "path")) return missing;
  const value = operation[field] ?? null;
  if (value !== null) return `json: cannot unmarshal ${typeName(value)} into Go value of type string`;
  return field === "path" ? `operation missing path field: ${missing}` : `operation, missing from field: ${missing}`;
}

function valueOf(operation: JsonPatchOperation): Node {
  return jsonNode(operation["value"] ?? null, "yaml");
}

interface Target {
  readonly container: Node & { readonly kind: "mapping" | "sequence" };
  readonly key: string;
}

/** The container that the path's last part is in; `undefined` when it is not there. */
function find({ root }: Holder, path: string): Target | undefined {
  const parts = path.split("/");
  if (parts.length < 2) return undefined;
  let current: Node | undefined = root;
  for (const part of parts.slice(1, -1)) current = child(current, unescape(part));
  if (current?.kind !== "mapping" && current?.kind !== "sequence") return undefined;
  return { container: current, key: unescape(parts.at(-1) ?? "") };
}

function unescape(part: string): string {
  return part.replaceAll(/~[01]/g, (escape) => (escape === "~1" ? "/" : "~"));
}

function child(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind === "mapping") return fieldOf(node, key);
  if (node?.kind !== "sequence" || !isIndex(key)) return undefined;
  return node.items.at(Number(key));
}

function isIndex(key: string): boolean {
  return /^[+-]?\d+$/.test(key);
}

function notAnIndex(key: string): string {
  return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
}

function invalidIndex(index: number): string {
  return `Unable to access invalid index: ${index}: invalid index referenced`;
}

/** The value there; `undefined` for a missing key of a mapping. Throws a message for a bad index. */
function get({ container, key }: Target): Node | undefined {
  if (container.kind === "mapping") return fieldOf(container, key);
  if (!isIndex(key)) throw fail(notAnIndex(key));
  const index = Number(key);
  if (index < -container.items.length || index >= container.items.length) throw fail(invalidIndex(index));
  return container.items.at(index);
}

function insert({ container, key }: Target, value: Node): void {
  if (container.kind === "mapping") {
    put(container, key, value);
    return;
  }
  if (key === "-") {
    container.items.push(value);
    return;
  }
  if (!isIndex(key)) throw fail(`value was not a proper array index: '${key}': ${notAnIndex(key)}`);
  const index = Number(key);
  const length = container.items.length + 1;
  if (index >= length || index < -length) throw fail(invalidIndex(index));
  container.items.splice(index < 0 ? index + length : index, 0, value);
}

function put(mapping: MappingNode, key: string, value: Node): void {
  const pair = findPair(mapping, key);
  if (pair === undefined) mapping.pairs.push({ key: makeScalar(key, "!!str"), value });
  else pair.value = value;
}

function take({ container, key }: Target): void {
  if (container.kind === "mapping") {
    if (findPair(container, key) === undefined) throw fail(`Unable to remove nonexistent key: ${key}: ${missing}`);
    clearField(container, key);
    return;
  }
  if (!isIndex(key)) throw fail(notAnIndex(key));
  const index = Number(key);
  if (index >= container.items.length || index < -container.items.length) throw fail(invalidIndex(index));
  container.items.splice(index, 1);
}

function at<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    if (!(thrown instanceof KustomizeError)) throw thrown;
    throw new KustomizeError("InvalidPatch", `${place}: ${thrown.message}`, { cause: thrown });
  }
}

function add(holder: Holder, operation: JsonPatchOperation): void {
  const path = pathOf(operation, "path", "add");
  const target = find(holder, path);
  if (target === undefined) throw fail(`add operation does not apply: doc is missing path: "${path}": ${missing}`);
  at(`error in add for path: '${path}'`, () => insert(target, valueOf(operation)));
}

function remove(holder: Holder, operation: JsonPatchOperation): void {
  const path = pathOf(operation, "path", "remove");
  const target = find(holder, path);
  if (target === undefined) throw fail(`remove operation does not apply: doc is missing path: "${path}": ${missing}`);
  at(`error in remove for path: '${path}'`, () => take(target));
}

function replace(holder: Holder, operation: JsonPatchOperation): void {
  const path = pathOf(operation, "path", "replace");
  if (path === "") {
    const value = valueOf(operation);
    if (value.kind === "scalar") throw fail("replace operation value must be object or array: %!w(<nil>)");
    holder.root = value;
    return;
  }
  const target = find(holder, path);
  if (target === undefined) throw fail(`replace operation does not apply: doc is missing path: ${path}: ${missing}`);
  const { container, key } = target;
  if (container.kind === "mapping") {
    put(container, key, valueOf(operation));
    return;
  }
  if (!isIndex(key) || Number(key) >= container.items.length || Number(key) < -container.items.length) {
    throw fail(`replace operation does not apply: doc is missing key: ${path}: ${missing}`);
  }
  const index = Number(key);
  container.items[index < 0 ? index + container.items.length : index] = valueOf(operation);
}

function move(holder: Holder, operation: JsonPatchOperation): void {
  const from = pathOf(operation, "from", "move");
  const source = find(holder, from);
  if (source === undefined) throw fail(`move operation does not apply: doc is missing from path: ${from}: ${missing}`);
  const value = at(`error in move for path: '${source.key}'`, () => get(source));
  at(`error in move for path: '${source.key}'`, () => take(source));
  const path = pathOf(operation, "path", "move");
  const target = find(holder, path);
  if (target === undefined)
    throw fail(`move operation does not apply: doc is missing destination path: ${path}: ${missing}`);
  at(`error in move for path: '${path}'`, () => insert(target, value ?? jsonNode(null, "yaml")));
}

function copy(holder: Holder, operation: JsonPatchOperation): void {
  const from = pathOf(operation, "from", "copy");
  const source = find(holder, from);
  if (source === undefined) throw fail(`copy operation does not apply: doc is missing from path: ${from}: ${missing}`);
  const value = at(`error in copy for from: '${from}'`, () => get(source));
  const path = pathOf(operation, "path", "copy");
  const target = find(holder, path);
  if (target === undefined)
    throw fail(`copy operation does not apply: doc is missing destination path: ${path}: ${missing}`);
  const copied = value === undefined ? jsonNode(null, "yaml") : copyNode(value);
  at("error while adding value during copy", () => insert(target, copied));
}

function test(holder: Holder, operation: JsonPatchOperation): void {
  const path = pathOf(operation, "path", "test");
  const wanted = operation["value"] ?? null;
  const target = path === "" ? undefined : find(holder, path);
  if (path !== "" && target === undefined) {
    throw fail(`test operation does not apply: is missing path: ${path}: ${missing}`);
  }
  const found = target === undefined ? holder.root : at(`error in test for path: '${path}'`, () => get(target));
  if (!equalJson(found === undefined ? null : toPlain(found), wanted))
    throw fail(`testing value ${path} failed: test failed`);
}
