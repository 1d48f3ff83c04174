import { StatusError } from "@sluice/api";
import { badRequest, notFound, statusError, unsupportedMediaType } from "../errors/status-errors.ts";
import { invalidObject, FieldErrors } from "../errors/field-errors.ts";
import { decodeJson, decodeYaml, goTypeOf, readBody } from "../http/body.ts";
import { contentTypeOf } from "../http/media-type.ts";
import { isTrue } from "../http/request-info.ts";
import { cloneJson, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject, ObjectMetadata } from "../json/object.ts";
import { applyTo } from "../registry/managed-fields.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore, Update } from "../registry/resource-store.ts";
import { patchWith, type PatchKind } from "./patch-kinds.ts";
import type { ResourceExchange } from "./resource-exchange.ts";
import { isForced, sendResult } from "./write.ts";

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
  checkOptions(info.query, kind);
  const body = await readBody(request);
  const context = exchange.context();
  const update =
    kind === "apply" ? applyUpdate(exchange, body, context) : patchUpdate(store, kind, body, info.subresource, context);
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
  const applied = decodeApplied(body);
  const writer = store.writer(context, info.subresource);
  const apply = (live: KubeObject | undefined): KubeObject => {
    const object = applyTo(live, applied, writer, isForced(info.query));
    checkPlace(object, store, info);
    checkDecoded(object, store, context, (problem) => badRequest(problem));
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

function decodeApplied(body: Buffer): JsonObject {
  // JSON is YAML, and much faster to read.
  const isJson = /^\s*\{/.test(body.subarray(0, 64).toString("latin1"));
  let value: Json;
  try {
    value = isJson ? decodeJson(body) : decodeYaml(body);
  } catch (error) {
    if (!isJson) throw withPrefix(error);
    value = decodeYaml(body);
  }
  if (!isObject(value)) throw badRequest("error decoding YAML: the apply configuration is not an object");
  return value;
}

function withPrefix(error: unknown): unknown {
  return error instanceof StatusError ? badRequest(`error decoding YAML: ${error.message}`) : error;
}

/** The object must be the one that the URL names. The conflicts of an apply come before this. */
function checkPlace(
  object: KubeObject,
  { definition }: ResourceStore,
  { namespace, name }: { namespace: string; name: string },
): void {
  const { metadata } = object;
  const given: unknown = metadata?.name;
  if (typeof given !== "string" || given === "") {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  if (!definition.namespaced) return;
  if ((metadata.namespace ?? "") === "") metadata.namespace = namespace;
  else if (metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

function patchUpdate(
  store: ResourceStore,
  kind: PatchKind,
  body: Buffer,
  subresource: string,
  context: RequestContext,
): Update {
  const patch = decodeJson(body);
  if (kind === "json" && !Array.isArray(patch) && context.fieldValidation !== "Ignore") {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${goTypeOf(patch)} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  return {
    subresource,
    transform: (current) => {
      const patched = patchWith(kind, current, patch, store.version.schema.type);
      const object = cloneJson(patched) as KubeObject;
      if (!isObject(object.metadata)) object.metadata = {} as ObjectMetadata;
      if (object.kind !== current.kind || object.apiVersion !== current.apiVersion) {
        const { kind: newKind, apiVersion } = object;
        throw badRequest(
          newKind === current.kind
            ? `the API version in the data (${apiVersion}) does not match the expected API version (${current.apiVersion})`
            : `${newKind} in version ${JSON.stringify(store.version.version)} cannot be handled as a ${current.kind}`,
        );
      }
      const text = JSON.stringify(object);
      const refuse = (problem: string): Error => {
        const errors = new FieldErrors();
        errors.invalid("patch", text, problem);
        return invalidObject({ group: "", kind: "" }, "", errors.list);
      };
      try {
        checkDecoded(object, store, context, refuse);
      } catch (error) {
        // A patch that leads to a malformed object is invalid, where such an object itself is a bad request.
        if (!(error instanceof StatusError) || error.code !== 400) throw error;
        throw refuse(error.message.replace(/^.*? cannot be handled as a \S+: /, ""));
      }
      return object;
    },
  };
}

/** Checks the outcome of a patch against its type. */
function checkDecoded(
  object: KubeObject,
  store: ResourceStore,
  context: RequestContext,
  refusal: (problem: string) => Error,
): void {
  const findings = { strict: [] as string[] };
  store.version.schema.decode(object, findings);
  if (findings.strict.length === 0 || context.fieldValidation === "Ignore") return;
  if (context.fieldValidation === "Warn") for (const problem of findings.strict) context.warn(problem);
  else throw refusal(`strict decoding error: ${findings.strict.join(", ")}`);
}
