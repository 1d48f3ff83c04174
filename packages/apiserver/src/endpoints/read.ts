import { badRequest, statusError } from "../errors/status-errors.ts";
import { sendBytes, sendJson } from "../http/exchange.ts";
import { negotiate } from "../http/media-type.ts";
import {
  encodeObject,
  objectTransforms,
  partialMetadata,
  toTable,
  type IncludeObject,
  type TableOptions,
} from "../http/representation.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import type { StoredObject } from "../storage/stored-object.ts";
import { listPage, tooLargeRevision, type ListPage } from "./list.ts";
import { parseListOptions } from "./list-options.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

/** Reads how much of each object a table is to carry. Throws a 400 for unknown values. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const value = query.get("includeObject") ?? "";
  if (value === "") return "Metadata";
  if (value === "None" || value === "Metadata" || value === "Object") return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** Answers a GET of one object. */
export function answerGet(exchange: ResourceExchange): void {
  const { store, info } = exchange;
  const wanted = info.query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(wanted))
    throw statusError(
      500,
      "",
      `resourceVersion: Invalid value: ${JSON.stringify(wanted)}: strconv.ParseUint: parsing ${JSON.stringify(wanted)}: invalid syntax`,
    );
  if (Number(wanted) > store.collectionRevision) throw tooLargeRevision(Number(wanted), store.collectionRevision);
  const stored = store.get(info);
  sendStored(exchange, 200, stored);
}

/** Answers with one stored object, in the representation that the client prefers. */
export function sendStored(exchange: ResourceExchange, code: number, stored: StoredObject): void {
  const { store, request, info, now } = exchange;
  const representation = negotiate(request.headers.accept, objectTransforms);
  const table: TableOptions = {
    now,
    includeObject: includeObjectOf(info.query),
    version: representation.asVersion ?? "v1",
    withColumns: true,
  };
  const bytes = encodeObject(store, stored, representation, table);
  if (representation.encoding === "yaml") exchange.sendYaml(code, bytes);
  else sendBytes(exchange, code, Buffer.concat([bytes, newline]));
}

const newline = Buffer.from("\n");
const open = Buffer.from("{");
const comma = Buffer.from(",");
const close = Buffer.from("]}\n");

/** Answers a GET of a collection. */
export function answerList(exchange: ResourceExchange): void {
  const { store, info, request, now } = exchange;
  const options = parseListOptions(info.query, store.version.selectableFields, false);
  const representation = negotiate(request.headers.accept, objectTransforms, true);
  const page = listPage(store, info.namespace, options);
  if (representation.as === "Table") {
    const objects = page.items.map(({ object }) => store.inVersion(object));
    const includeObject = includeObjectOf(info.query);
    const version = representation.asVersion ?? "v1";
    sendJson(exchange, 200, toTable(store, objects, page.metadata, { now, includeObject, version, withColumns: true }));
    return;
  }
  const isPartial = representation.as !== undefined;
  const bytes = isPartial ? encodePartialList(page) : encodeList(store, page);
  if (representation.encoding === "yaml") exchange.sendYaml(200, bytes);
  else sendBytes(exchange, 200, bytes);
}

function encodePartialList({ items, metadata }: ListPage): Buffer {
  const head = { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata };
  return joinList(
    head,
    items.map((stored) => [stored.encoded("PartialObjectMetadata", partialMetadata)]),
  );
}

/** Items of built-in kinds come without their kind and version, which is how Go encodes lists; custom ones with. */
function encodeList(store: ResourceStore, { items, metadata }: ListPage): Buffer {
  const { definition, version } = store;
  // Lists of custom resources always carry the field.
  const full = definition.custom ? { continue: "", ...metadata } : metadata;
  const head = { kind: definition.listKind, apiVersion: version.apiVersion, metadata: full };
  const envelope = Buffer.byteLength(JSON.stringify({ kind: definition.kind, apiVersion: version.apiVersion }));
  return joinList(
    head,
    items.map((stored) => {
      const bytes = store.encode(stored);
      return definition.custom ? [bytes] : [open, bytes.subarray(envelope)];
    }),
  );
}

function joinList(head: object, items: readonly (readonly Buffer[])[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"items":[`)];
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(comma);
    parts.push(...item);
  }
  parts.push(close);
  return Buffer.concat(parts);
}
