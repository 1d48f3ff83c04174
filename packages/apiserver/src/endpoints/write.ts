import { findKubernetesType, parseApiVersion } from "@sluice/api";
import { isTrue } from "../http/request-info.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { badRequest, statusError } from "../errors/status-errors.ts";
import { decodeObject, goTypeOf, MalformedBody, readBody } from "../http/body.ts";
import { sendBytes, sendJson, successStatus } from "../http/exchange.ts";
import { negotiate } from "../http/media-type.ts";
import { objectTransforms, partialMetadata, toTable } from "../http/representation.ts";
import { isObject, stringAt, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject, ObjectMetadata } from "../json/object.ts";
import { parseDeleteOptions } from "../registry/deletion.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore, WriteResult } from "../registry/resource-store.ts";
import { includeObjectOf, sendStored } from "./read.ts";
import { selectionOf } from "./list.ts";
import { parseListOptions } from "./list-options.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

/** Answers a POST to a collection. */
export async function answerCreate(exchange: ResourceExchange): Promise<void> {
  const { store, info, request } = exchange;
  negotiate(request.headers.accept, objectTransforms);
  const strict: string[] = [];
  const body = decodeFor(store, await readBody(request), request.headers["content-type"], strict);
  const context = exchange.context();
  const object = toKubeObject(body, store);
  decodeBody(object, store, context, strict);
  sendResult(exchange, 201, store.create(info.namespace, object, context));
}

/** Answers a PUT of an object or of one of its subresources. */
export async function answerUpdate(exchange: ResourceExchange): Promise<void> {
  const { store, info, request } = exchange;
  negotiate(request.headers.accept, objectTransforms);
  const strict: string[] = [];
  const body = decodeFor(store, await readBody(request), request.headers["content-type"], strict);
  const context = exchange.context();
  const object = toKubeObject(body, store);
  decodeBody(object, store, context, strict);
  const { strategy } = store.version;
  checkName(object.metadata, info.name);
  const result = store.update(
    info,
    {
      transform: () => object,
      subresource: info.subresource,
      isReplacement: true,
      requiresResourceVersion: !strategy.allowUnconditionalUpdate,
      ...(strategy.allowCreateOnUpdate && info.subresource === "" ? { create: () => object } : {}),
    },
    context,
  );
  sendResult(exchange, result.created ? 201 : 200, result);
}

function checkName({ name }: ObjectMetadata, wanted: string): void {
  if ((name ?? "") === wanted) return;
  if ((name ?? "") === "")
    throw badRequest(`the name of the object (${wanted} based on URL) was undeterminable: name must be provided`);
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${wanted})`);
}

/** Answers a DELETE of one object. */
export async function answerDelete(exchange: ResourceExchange): Promise<void> {
  const { store, info } = exchange;
  const options = parseDeleteOptions(await readOptions(exchange), info.query);
  const context = exchange.context({ dryRun: options.dryRun });
  const result = store.delete(info, options, context);
  const { orphaningWarning } = store.version.strategy;
  if (orphaningWarning !== undefined && options.propagationPolicy === undefined) context.warn(orphaningWarning);
  if (!result.removed || store.version.strategy.answersWithDeleted) {
    sendResult(exchange, 200, result);
    return;
  }
  const { definition } = store;
  sendJson(
    exchange,
    200,
    successStatus({
      name: info.name,
      ...(definition.group === "" ? {} : { group: definition.group }),
      kind: definition.resource,
      ...(result.object.metadata.uid === undefined ? {} : { uid: result.object.metadata.uid }),
    }),
  );
}

/** Answers a DELETE of a collection: deletes everything that the selectors choose. */
export async function answerDeleteCollection(exchange: ResourceExchange): Promise<void> {
  const { store, info } = exchange;
  const listOptions = parseListOptions(info.query, store.version.selectableFields, false);
  const options = parseDeleteOptions(await readOptions(exchange), info.query);
  const context = exchange.context({ dryRun: options.dryRun });
  const selected = store.collection
    .list(info.namespace === "" ? "" : `${info.namespace}/`)
    .filter(selectionOf(store, listOptions));
  const items: JsonObject[] = [];
  for (const { object } of selected) {
    const { name, namespace = "" } = object.metadata;
    // A deletion may have taken others along: what is gone is gone.
    if (store.find({ namespace, name }) === undefined) continue;
    store.delete({ namespace, name }, options, context);
    // The answer shows what was there.
    const deleted = store.inVersion(object);
    const { apiVersion: _apiVersion, kind: _kind, ...content } = deleted;
    items.push(store.definition.custom ? deleted : content);
  }
  const { definition, version } = store;
  const metadata = { resourceVersion: String(store.collectionRevision) };
  sendJson(exchange, 200, { kind: definition.listKind, apiVersion: version.apiVersion, metadata, items });
}

async function readOptions({ request }: ResourceExchange): Promise<JsonObject | undefined> {
  const body = await readBody(request);
  return body.length === 0 ? undefined : decodeObject(body, request.headers["content-type"]);
}

/** Decodes the body of a write; what cannot be read is described as the real server does. */
function decodeFor(store: ResourceStore, body: Buffer, contentType: string | undefined, strict: string[]): JsonObject {
  try {
    return decodeObject(body, contentType, strict);
  } catch (error) {
    if (!(error instanceof MalformedBody)) throw error;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${store.definition.kind}): ${error.message} (${summarize(body)})`,
    );
  }
}

/** The beginning of a body: text where it may be JSON, hexadecimal otherwise. */
function summarize(body: Buffer): string {
  if (body.length === 0) return "<empty>";
  const head = body.subarray(0, 30);
  const text = body[0] === 0x7b ? head.toString("utf8") : head.toString("hex");
  return body.length > 30 ? `${text} ...` : text;
}

/** Checks the envelope of a body against the endpoint, and completes it. Throws a 400 where they contradict. */
export function toKubeObject(body: JsonObject, store: ResourceStore): KubeObject {
  const { definition, version } = store;
  const { apiVersion, kind, metadata } = body;
  for (const [field, value] of [
    ["apiVersion", apiVersion],
    ["kind", kind],
  ] as const) {
    if (value !== undefined && value !== null && typeof value !== "string") {
      const text = JSON.stringify(body);
      throw badRequest(
        `the object provided is unrecognized (must be of type ${definition.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${goTypeOf(value)} into Go struct field .${field} of type string (${summarize(Buffer.from(text))})`,
      );
    }
  }
  if (definition.custom && (kind ?? "") === "") {
    const text = JSON.stringify(body);
    const head = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): Object 'Kind' is missing in '${text.slice(0, 500)}' (${head})`,
    );
  }
  const givenVersion = typeof apiVersion === "string" && apiVersion !== "" ? apiVersion : version.apiVersion;
  const givenKind = typeof kind === "string" && kind !== "" ? kind : definition.kind;
  checkType(givenVersion, givenKind, stringAt(body, "metadata", "name") ?? "", store);
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = body;
  const given: Json = metadata ?? {};
  if (!isObject(given)) {
    throw badRequest(
      `${givenKind} in version ${JSON.stringify(version.version)} cannot be handled as a ${definition.kind}: json: cannot unmarshal ${typeof given} into Go struct field ${definition.kind}.metadata of type v1.ObjectMeta`,
    );
  }
  // The name may still be missing: the registry generates one, or refuses.
  return { apiVersion: version.apiVersion, kind: definition.kind, ...rest, metadata: given as ObjectMetadata };
}

/** Refuses objects of another version or kind, as Go's conversion between its types would. */
function checkType(apiVersion: string, kind: string, name: string, { definition, version }: ResourceStore): void {
  if (apiVersion === version.apiVersion && kind === definition.kind) return;
  const given = parseApiVersion(apiVersion);
  if (definition.custom) {
    if (apiVersion !== version.apiVersion) {
      throw badRequest(
        `the API version in the data (${apiVersion}) does not match the expected API version (${version.apiVersion})`,
      );
    }
    const errors = new FieldErrors();
    errors.invalid("kind", kind, `must be ${definition.kind}`);
    throw invalidObject({ group: definition.group, kind }, name, errors.list);
  }
  const head = `${kind} in version ${JSON.stringify(given.version)} cannot be handled as a ${definition.kind}`;
  if (findKubernetesType({ ...given, kind }) === undefined) {
    throw badRequest(
      `${head}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (kind === definition.kind && given.group === definition.group) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${version.apiVersion})`,
    );
  }
  const internal = definition.group === "" ? "core" : (definition.group.split(".")[0] ?? "");
  throw badRequest(
    `${head}: converting (${given.version}.${kind}) to (${internal}.${definition.kind}): unknown conversion`,
  );
}

/** Checks a body's fields against its type, as strictly as the request wants. `strict`: what reading it has found. */
export function decodeBody(
  object: KubeObject,
  store: ResourceStore,
  context: RequestContext,
  strict: readonly string[] = [],
): void {
  const findings = { strict: [...strict] };
  store.version.schema.decode(object, findings);
  reportStrict(findings.strict, context, (problem) =>
    badRequest(
      `${object.kind} in version ${JSON.stringify(store.version.version)} cannot be handled as a ${store.definition.kind}: ${problem}`,
    ),
  );
}

/** Refuses, warns about or ignores fields that do not belong. */
export function reportStrict(
  problems: readonly string[],
  context: RequestContext,
  refusal: (problem: string) => Error,
): void {
  if (problems.length === 0 || context.fieldValidation === "Ignore") return;
  if (context.fieldValidation === "Warn") for (const problem of problems) context.warn(problem);
  else throw refusal(`strict decoding error: ${problems.join(", ")}`);
}

/** Answers with the object that a write has led to. */
export function sendResult(exchange: ResourceExchange, code: number, result: WriteResult): void {
  const { store, request, info, now } = exchange;
  if (result.stored !== undefined) {
    sendStored(exchange, code, result.stored);
    return;
  }
  const representation = negotiate(request.headers.accept, objectTransforms);
  const object = store.inVersion(result.object);
  if (representation.as === "Table") {
    const options = {
      now,
      includeObject: includeObjectOf(info.query),
      version: representation.asVersion ?? "v1",
      withColumns: true,
    };
    sendJson(
      exchange,
      code,
      toTable(store, [object], { resourceVersion: object.metadata.resourceVersion ?? "" }, options),
    );
  } else if (representation.as !== undefined) sendJson(exchange, code, partialMetadata(object));
  else if (representation.encoding === "yaml") exchange.sendYaml(code, Buffer.from(JSON.stringify(object)));
  else sendBytes(exchange, code, JSON.stringify(object));
}

/** Reads the options that all writes share. Throws a 422 for values that do not exist. */
export function parseFieldValidation(
  query: URLSearchParams,
  kind = "CreateOptions",
): RequestContext["fieldValidation"] {
  const value = query.get("fieldValidation") ?? "";
  if (value === "") return "Warn";
  if (value === "Strict" || value === "Warn" || value === "Ignore") return value;
  const problem = `Unsupported value: ${JSON.stringify(value)}: supported values: "", "Ignore", "Strict", "Warn"`;
  throw statusError(422, "Invalid", `${kind}.meta.k8s.io "" is invalid: fieldValidation: ${problem}`, {
    group: "meta.k8s.io",
    kind,
    causes: [{ reason: "FieldValueNotSupported", message: problem, field: "fieldValidation" }],
  });
}

/** Whether a parameter that only apply knows is set. */
export function isForced(query: URLSearchParams): boolean {
  return isTrue(query.get("force"));
}
