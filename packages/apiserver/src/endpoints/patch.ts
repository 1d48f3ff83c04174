import { MistypedObject } from "../builtin/typed-decoder.ts";
import { badRequest, notFound, statusError, unsupportedMediaType } from "../errors/status-errors.ts";
import { invalidObject, FieldErrors } from "../errors/field-errors.ts";
import { goTypeOf, readBody } from "../http/body.ts";
import { contentTypeOf, negotiate } from "../http/media-type.ts";
import { objectTransforms } from "../http/representation.ts";
import { isTrue } from "../http/request-info.ts";
import { cloneJson, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { applyTo } from "../registry/managed-fields.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore, Update } from "../registry/resource-store.ts";
import { formatGoValue } from "./go-value.ts";
import { decodeApplied, decodePatch } from "./patch-body.ts";
import { patchWith, type PatchKind } from "./patch-kinds.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { isForced, reportStrict, sendResult } from "./write.ts";

const patchTypes: Readonly<Record<string, PatchKind | "apply">> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

/** Answers a PATCH of an object or of one of its subresources. */
export async function answerPatch(exchange: ResourceExchange): Promise<void> {
  const { store, info, request } = exchange;
  const type = contentTypeOf(request.headers["content-type"]);
  const kind = patchTypes[type];
  if (kind === undefined || (kind === "strategic" && store.definition.custom)) {
    if (store.definition.custom) {
      throw unsupportedMediaType(Object.keys(patchTypes).filter((each) => patchTypes[each] !== "strategic"));
    }
    throw statusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
  negotiate(request.headers.accept, objectTransforms);
  checkOptions(info.query, kind);
  const body = await readBody(request);
  const context = exchange.context();
  const update = kind === "apply" ? applyUpdate(exchange, body, context) : patchUpdate(exchange, kind, body, context);
  const result = store.update(info, update, context);
  sendResult(exchange, result.created ? 201 : 200, result);
}

function checkOptions(query: URLSearchParams, kind: PatchKind | "apply"): void {
  const invalid = (field: string, reason: string, problem: string): never => {
    throw statusError(422, "Invalid", `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${problem}`, {
      group: "meta.k8s.io",
      kind: "PatchOptions",
      causes: [{ reason, message: problem, field }],
    });
  };
  if (kind === "apply") {
    if ((query.get("fieldManager") ?? "") === "") {
      invalid("fieldManager", "FieldValueRequired", "Required value: is required for apply patch");
    }
  } else if (isTrue(query.get("force"))) {
    invalid("force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
  }
}

function applyUpdate(exchange: ResourceExchange, body: Buffer, context: RequestContext): Update {
  const { store, info } = exchange;
  const { applied, duplicates } = decodeApplied(body);
  reportDuplicates(duplicates, context);
  const writer = store.writer(context, info.subresource);
  const apply = (live: KubeObject | undefined): KubeObject => {
    const object = applyTo(live, applied, writer, isForced(info.query));
    checkApplied(object, store, context);
    checkName(object, info.name);
    checkNamespace(object, store, info.namespace);
    return object;
  };
  return {
    transform: apply,
    subresource: info.subresource,
    managesFields: true,
    create: () => {
      if (info.subresource !== "") throw notFound(store.definition, info.name);
      return apply(undefined);
    },
  };
}

/** Refuses, warns about or ignores keys that an applied text names twice. */
function reportDuplicates(duplicates: string | undefined, context: RequestContext): void {
  if (duplicates === undefined || context.fieldValidation === "Ignore") return;
  if (context.fieldValidation === "Strict") {
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${duplicates}`);
  }
  for (const line of duplicates.split("\n").slice(1)) context.warn(line.trim());
}

/** Checks what an apply has led to against its type. What does not fit although the schema allows it is nobody's fault. */
function checkApplied(object: KubeObject, store: ResourceStore, context: RequestContext): void {
  try {
    // The outcome of an apply is not read from a text: what is null in it stays.
    const findings = { strict: [] as string[], keepsNulls: true };
    store.version.schema.decode(object, findings);
    reportStrict(findings.strict, context, badRequest);
  } catch (error) {
    if (!(error instanceof MistypedObject)) throw error;
    const { apiVersion } = store.version;
    const kind = `${apiVersion.includes("/") ? "" : "/"}${apiVersion}, Kind=${object.kind}`;
    const { name, namespace = "" } = object.metadata;
    throw statusError(
      500,
      "",
      `failed to convert new object (${namespace}/${name}; ${kind}) to proper version: unable to convert unstructured object to ${kind}: ${error.conversion}`,
    );
  }
}

/** The object must be the one that the URL names. The conflicts of an apply come before this. */
function checkName({ metadata }: KubeObject, name: string): void {
  const given: unknown = metadata.name;
  if (typeof given !== "string" || given === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

function checkNamespace({ metadata }: KubeObject, { definition }: ResourceStore, namespace: string): void {
  if (!definition.namespaced) return;
  if ((metadata.namespace ?? "") === "") metadata.namespace = namespace;
  else if (metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

function patchUpdate(
  { store, info }: ResourceExchange,
  kind: PatchKind,
  body: Buffer,
  context: RequestContext,
): Update {
  const { patch, strict } = decodePatch(kind, body, context.fieldValidation);
  return {
    subresource: info.subresource,
    transform: (current) => {
      const patched = cloneJson(patchWith(kind, current, patch, store.version.schema.type));
      const shown = kind === "strategic" ? formatGoValue(patch) : JSON.stringify(patched);
      const refuse = (problem: string): Error => {
        const errors = new FieldErrors();
        errors.invalid("patch", shown, problem);
        return invalidObject({ group: "", kind: "" }, "", errors.list);
      };
      const object = kind === "strategic" ? { ...patched, ...typeOf(current) } : withType(patched, current, refuse);
      const decoded = decodePatched(object, kind, store, refuse);
      reportStrict([...strict, ...decoded.strict], context, refuse);
      checkName(decoded.object, info.name);
      return decoded.object;
    },
  };
}

function typeOf({ apiVersion, kind }: KubeObject): { apiVersion: string; kind: string } {
  return { apiVersion, kind };
}

/** A patched document may have lost its type, but not changed it. */
function withType(patched: JsonObject, current: KubeObject, refuse: (problem: string) => Error): JsonObject {
  const { apiVersion, kind } = patched;
  const own = typeOf(current);
  if ((apiVersion ?? own.apiVersion) !== own.apiVersion || (kind ?? own.kind) !== own.kind) {
    throw refuse(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  return { ...patched, ...own };
}

/** Decodes what a patch has led to. Not to fit its type makes the patch invalid, where such an object is a bad request. */
function decodePatched(
  patched: JsonObject,
  kind: PatchKind,
  store: ResourceStore,
  refuse: (problem: string) => Error,
): { object: KubeObject; strict: readonly string[] } {
  const metadata: Json = patched["metadata"] ?? {};
  if (!isObject(metadata)) {
    const type = goTypeOf(metadata);
    throw refuse(
      kind === "strategic"
        ? `cannot restore struct from: ${type}`
        : `json: cannot unmarshal ${type} into Go struct field ${store.definition.kind}.metadata of type v1.ObjectMeta`,
    );
  }
  const object = { ...patched, metadata } as KubeObject;
  try {
    return { object, strict: decodeStrictly(object, store).toSorted() };
  } catch (error) {
    if (!(error instanceof MistypedObject)) throw error;
    throw refuse(kind === "strategic" ? error.conversion : error.problem);
  }
}

function decodeStrictly(object: KubeObject, store: ResourceStore): string[] {
  const findings = { strict: [] as string[] };
  store.version.schema.decode(object, findings);
  return findings.strict;
}
