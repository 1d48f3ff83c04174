import { PatchError } from "../errors.ts";
import { encodeJson } from "../json/go-text.ts";
import { equalJson, getOwn, isArray, isObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { addEntry, findContainer, getEntry, removeEntry, replaceContainer, setEntry, type Place } from "./pointer.ts";

/** How many operations a server takes in one patch. */
export const maxJsonPatchOperations = 10_000;

/** By how many bytes `copy` operations of one patch may let an object grow. */
const maxCopiedBytes = 3 * 1024 * 1024;

/**
 * Applies a JSON patch (RFC 6902) with the leniencies of a Kubernetes API server: negative indices count from the end;
 * `replace` of a key that is missing adds it; `test` of a missing key against null passes; `copy` of a missing key
 * copies null.
 *
 * Throws `InvalidPatch` for what is no patch, `TooManyOperations`, and `PatchFailed` when an operation does not apply;
 * then nothing of the patch counts.
 */
export function applyJsonPatch(object: JsonObject, patch: JsonValue): JsonValue {
  const operations = readOperations(patch);
  let document: JsonValue = object;
  let copiedBytes = 0;
  for (const operation of operations) {
    const kind = getOwn(operation, "op");
    if (kind === "copy") {
      const { value, result } = copy(document, operation, copiedBytes);
      copiedBytes += sizeOf(value);
      document = result;
    } else {
      document = apply(document, operation, typeof kind === "string" ? kind : "unknown");
    }
  }
  return document;
}

function readOperations(patch: JsonValue): readonly JsonObject[] {
  if (!isArray(patch)) {
    if (patch === null) return [];
    throw new PatchError(
      "InvalidPatch",
      `json: cannot unmarshal ${jsonType(patch)} into Go value of type jsonpatch.Patch`,
    );
  }
  if (patch.length > maxJsonPatchOperations) {
    throw new PatchError(
      "TooManyOperations",
      `The allowed maximum operations in a JSON patch is ${maxJsonPatchOperations}, got ${patch.length}`,
    );
  }
  return patch.map((operation) => {
    if (isObject(operation)) return operation;
    if (operation === null) return {};
    const type = jsonType(operation);
    throw new PatchError("InvalidPatch", `json: cannot unmarshal ${type} into Go value of type jsonpatch.Operation`);
  });
}

function jsonType(value: JsonValue): string {
  if (isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}

function apply(document: JsonValue, operation: JsonObject, kind: string): JsonValue {
  switch (kind) {
    case "add":
      return add(document, operation);
    case "remove":
      return remove(document, operation);
    case "replace":
      return replace(document, operation);
    case "move":
      return move(document, operation);
    case "test":
      return test(document, operation);
    default:
      throw new PatchError("PatchFailed", `Unexpected kind: ${kind}`);
  }
}

function fail(message: string): never {
  throw new PatchError("PatchFailed", message);
}

/** Runs a step on a container; its failure is told with the place. */
function within<T>(place: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (cause instanceof PatchError) throw new PatchError(cause.code, `${place}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** The pointer of an operation. `plain`: some operations hide why theirs cannot be read. */
function pointerOf(operation: JsonObject, field: "path" | "from", kind: string, plain = false): string {
  const pointer = getOwn(operation, field);
  if (typeof pointer === "string") return pointer;
  const missing =
    field === "path" ? "operation missing path field: missing value" : "operation, missing from field: missing value";
  const isMissing = pointer === undefined || pointer === null;
  const reason = isMissing ? missing : `json: cannot unmarshal ${jsonType(pointer)} into Go value of type string`;
  return fail(`${kind} operation failed to decode ${field}: ${plain ? "missing value" : reason}`);
}

function valueOf(operation: JsonObject): JsonValue {
  return getOwn(operation, "value") ?? null;
}

function add(document: JsonValue, operation: JsonObject): JsonValue {
  const path = pointerOf(operation, "path", "add", true);
  const place = findContainer(document, path);
  if (place === undefined) return fail(`add operation does not apply: doc is missing path: "${path}": missing value`);
  const container = within(`error in add for path: '${path}'`, () =>
    addEntry(place.container, place.key, valueOf(operation)),
  );
  return replaceContainer(document, place, container);
}

function remove(document: JsonValue, operation: JsonObject): JsonValue {
  const path = pointerOf(operation, "path", "remove", true);
  const place = findContainer(document, path);
  if (place === undefined)
    return fail(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  const container = within(`error in remove for path: '${path}'`, () => removeEntry(place.container, place.key));
  return replaceContainer(document, place, container);
}

function replace(document: JsonValue, operation: JsonObject): JsonValue {
  const path = pointerOf(operation, "path", "replace");
  const value = valueOf(operation);
  if (path === "") {
    if (isObject(value) || isArray(value)) return value;
    return fail("replace operation value must be object or array");
  }
  const place = findContainer(document, path);
  if (place === undefined) return fail(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  if (!isReachable(place)) return fail(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  return replaceContainer(document, place, setEntry(place.container, place.key, value));
}

function isReachable({ container, key }: Place): boolean {
  try {
    getEntry(container, key);
    return true;
  } catch (error) {
    if (error instanceof PatchError) return false;
    throw error;
  }
}

function move(document: JsonValue, operation: JsonObject): JsonValue {
  const from = pointerOf(operation, "from", "move");
  const source = findContainer(document, from);
  if (source === undefined)
    return fail(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  const { value, container } = within(`error in move for path: '${source.key}'`, () => ({
    value: getEntry(source.container, source.key) ?? null,
    container: removeEntry(source.container, source.key),
  }));
  const without = replaceContainer(document, source, container);
  const path = pointerOf(operation, "path", "move");
  const target = findContainer(without, path);
  if (target === undefined) {
    return fail(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
  }
  const added = within(`error in move for path: '${path}'`, () => addEntry(target.container, target.key, value));
  return replaceContainer(without, target, added);
}

function copy(
  document: JsonValue,
  operation: JsonObject,
  copiedBytes: number,
): { readonly value: JsonValue; readonly result: JsonValue } {
  const from = pointerOf(operation, "from", "copy");
  const source = findContainer(document, from);
  if (source === undefined)
    return fail(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = within(`error in copy for from: '${from}'`, () => getEntry(source.container, source.key)) ?? null;
  const path = pointerOf(operation, "path", "copy", true);
  const target = findContainer(document, path);
  if (target === undefined) {
    return fail(`copy operation does not apply: doc is missing destination path: ${path}: missing value`);
  }
  const size = copiedBytes + sizeOf(value);
  if (size > maxCopiedBytes) {
    const limit = `the accumulated size increase of copy is ${size}, exceeding the limit ${maxCopiedBytes}`;
    return fail(`Unable to complete the copy, ${limit}`);
  }
  const added = within("error while adding value during copy", () => addEntry(target.container, target.key, value));
  return { value, result: replaceContainer(document, target, added) };
}

function sizeOf(value: JsonValue): number {
  return value === null ? 0 : new TextEncoder().encode(encodeJson(value)).length;
}

function test(document: JsonValue, operation: JsonObject): JsonValue {
  const path = pointerOf(operation, "path", "test");
  const value = valueOf(operation);
  if (path === "") return equalJson(document, value) ? document : fail("testing value  failed: test failed");
  const place = findContainer(document, path);
  if (place === undefined) return fail(`test operation does not apply: is missing path: ${path}: missing value`);
  const actual = within(`error in test for path: '${path}'`, () => getEntry(place.container, place.key)) ?? null;
  return equalJson(actual, value) ? document : fail(`testing value ${path} failed: test failed`);
}
