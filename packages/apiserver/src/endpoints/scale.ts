import { badRequest, notFound, unsupportedMediaType } from "../errors/status-errors.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { decodeJson, decodeObject, readBody } from "../http/body.ts";
import { sendJson } from "../http/exchange.ts";
import { contentTypeOf } from "../http/media-type.ts";
import {
  cloneJson,
  ensureObject,
  isObject,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ScalePaths } from "../registry/resource-definition.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";
import { patchWith, type PatchKind } from "./patch-kinds.ts";
import type { ResourceExchange } from "./resource-exchange.ts";

const builtinPaths: ScalePaths = {
  specReplicas: ".spec.replicas",
  statusReplicas: ".status.replicas",
  labelSelector: ".spec.selector",
};

const segments = (path: string): string[] => path.split(".").filter((segment) => segment !== "");

/** Answers requests for how many replicas an object is to have and has. */
export async function answerScale(exchange: ResourceExchange): Promise<void> {
  const { store, info } = exchange;
  const paths = store.version.subresources.find(({ name }) => name === "scale")?.scalePaths ?? builtinPaths;
  if (info.verb === "get") {
    sendJson(exchange, 200, scaleOf(store.inVersion(store.get(info).object), paths));
    return;
  }
  const change = await readChange(exchange);
  const result = store.update(
    info,
    {
      subresource: "scale",
      // A Scale that is sent whole names no managers: a real server takes that for its last word on them.
      managesFields: info.verb === "update",
      transform: (current) => {
        const wanted = change(scaleOf(current, paths));
        checkScale(wanted, current);
        const copy = cloneJson(current);
        copy.metadata.resourceVersion = stringAt(wanted, "metadata", "resourceVersion") ?? "";
        setNumber(copy, segments(paths.specReplicas), numberAt(wanted, "spec", "replicas") ?? 0);
        return copy;
      },
    },
    exchange.context(),
  );
  sendJson(exchange, 200, scaleOf(store.inVersion(result.object), paths));
}

const patchTypes: Readonly<Record<string, PatchKind>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
};

async function readChange({ info, request }: ResourceExchange): Promise<(scale: JsonObject) => JsonObject> {
  const body = await readBody(request);
  if (info.verb === "update") {
    const given = decodeObject(body, request.headers["content-type"]);
    return () => given;
  }
  const kind = patchTypes[contentTypeOf(request.headers["content-type"])];
  if (kind === undefined) throw unsupportedMediaType(Object.keys(patchTypes));
  const patch = decodeJson(body);
  return (scale) => patchWith(kind, scale, patch, undefined);
}

function scaleOf(object: KubeObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const specReplicas = valueAt(object, ...segments(paths.specReplicas));
  if (specReplicas === undefined && paths !== builtinPaths) {
    // A custom resource that has not said how many replicas it wants cannot be scaled.
    throw notFound({ group: "", resource: "scale" }, name);
  }
  const selector = selectorText(object, paths);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...defined({ namespace, uid, resourceVersion, creationTimestamp }) },
    spec: typeof specReplicas === "number" && specReplicas !== 0 ? { replicas: specReplicas } : {},
    status: {
      replicas: numberAt(object, ...segments(paths.statusReplicas)) ?? 0,
      ...(selector === "" ? {} : { selector }),
    },
  };
}

function defined(members: { [name: string]: string | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function selectorText(object: KubeObject, paths: ScalePaths): string {
  if (paths.labelSelector === "") return "";
  const value = valueAt(object, ...segments(paths.labelSelector));
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  // Replication controllers select by a plain map.
  const isPlain = objectAt(value, "matchLabels") === undefined && value["matchExpressions"] === undefined;
  return labelSelectorOf(isPlain ? { matchLabels: value } : value)?.toString() ?? "";
}

function checkScale(scale: JsonObject, current: KubeObject): void {
  const { name } = current.metadata;
  const given = stringAt(scale, "metadata", "name") ?? name;
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  const replicas = numberAt(scale, "spec", "replicas") ?? 0;
  if (replicas >= 0) return;
  const errors = new FieldErrors();
  errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
  throw invalidObject({ group: "autoscaling", kind: "Scale" }, name, errors.list);
}

function setNumber(object: JsonObject, path: readonly string[], value: number): void {
  let parent = object;
  for (const segment of path.slice(0, -1)) parent = ensureObject(parent, segment);
  parent[path.at(-1) ?? ""] = value;
}
