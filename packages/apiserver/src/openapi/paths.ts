import { stringAt, type Json, type JsonObject } from "../json/json.ts";
import type { ResourceDefinition, ResourceVersion, Subresource } from "../registry/resource-definition.ts";

/** Names of the schemas that a resource's operations speak of. */
export interface SchemaNames {
  readonly name: string;
  readonly listName: string;
}

interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** As `x-kubernetes-action` spells it. */
  readonly action: string;
  readonly parameters?: readonly string[];
  readonly answer: string;
  readonly body?: string;
}

const query = (name: string, type: string): JsonObject => ({ name, in: "query", schema: { type, uniqueItems: true } });

const listParameters = [
  "allowWatchBookmarks:boolean",
  "continue:string",
  "fieldSelector:string",
  "labelSelector:string",
  "limit:integer",
  "resourceVersion:string",
  "resourceVersionMatch:string",
  "sendInitialEvents:boolean",
  "timeoutSeconds:integer",
  "watch:boolean",
];
const writeParameters = ["dryRun:string", "fieldManager:string", "fieldValidation:string"];
const deleteParameters = [
  "dryRun:string",
  "gracePeriodSeconds:integer",
  "orphanDependents:boolean",
  "propagationPolicy:string",
];

const deleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
const statusName = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";

/** The path items of a resource: what clients look up to learn which parameters and patches it takes. */
export function pathsOf(
  definition: ResourceDefinition,
  served: ResourceVersion,
  { name, listName }: SchemaNames,
): JsonObject {
  const { group, resource, kind } = definition;
  const root = group === "" ? `/api/${served.version}` : `/apis/${group}/${served.version}`;
  const base = definition.namespaced ? `${root}/namespaces/{namespace}/${resource}` : `${root}/${resource}`;
  const gvk: JsonObject = { group, version: served.version, kind };
  const has = (verb: string): boolean => served.verbs.includes(verb);
  const make = (operations: readonly (Operation | undefined)[], path: string): JsonObject =>
    pathItem(
      operations.filter((operation) => operation !== undefined),
      path,
      gvk,
      definition,
    );
  const list: Operation = { method: "get", action: "list", parameters: listParameters, answer: listName };
  const paths: JsonObject = {
    [base]: make(
      [
        has("list") ? list : undefined,
        has("create")
          ? { method: "post", action: "post", parameters: writeParameters, answer: name, body: name }
          : undefined,
        has("deletecollection")
          ? {
              method: "delete",
              action: "deletecollection",
              parameters: [...deleteParameters, ...listParameters],
              answer: statusName,
              body: deleteOptions,
            }
          : undefined,
      ],
      base,
    ),
  };
  if (definition.namespaced && has("list")) paths[`${root}/${resource}`] = make([list], `${root}/${resource}`);
  if (!has("get")) return paths;
  const named = `${base}/{name}`;
  paths[named] = make(
    [
      { method: "get", action: "get", answer: name },
      has("update")
        ? { method: "put", action: "put", parameters: writeParameters, answer: name, body: name }
        : undefined,
      has("patch")
        ? {
            method: "patch",
            action: "patch",
            parameters: [...writeParameters, "force:boolean"],
            answer: name,
            body: "Patch",
          }
        : undefined,
      has("delete")
        ? { method: "delete", action: "delete", parameters: deleteParameters, answer: statusName, body: deleteOptions }
        : undefined,
    ],
    named,
  );
  for (const subresource of served.subresources) {
    if (subresource.name === "status") paths[`${named}/status`] = statusPath(subresource, named, name, gvk, definition);
  }
  return paths;
}

function statusPath(
  subresource: Subresource,
  named: string,
  name: string,
  gvk: JsonObject,
  definition: ResourceDefinition,
): JsonObject {
  const operations: Operation[] = [];
  if (subresource.verbs.includes("get")) operations.push({ method: "get", action: "get", answer: name });
  if (subresource.verbs.includes("update")) {
    operations.push({ method: "put", action: "put", parameters: writeParameters, answer: name, body: name });
  }
  if (subresource.verbs.includes("patch")) {
    operations.push({
      method: "patch",
      action: "patch",
      parameters: [...writeParameters, "force:boolean"],
      answer: name,
      body: "Patch",
    });
  }
  return pathItem(operations, `${named}/status`, gvk, definition);
}

function pathItem(
  operations: readonly Operation[],
  path: string,
  gvk: JsonObject,
  definition: ResourceDefinition,
): JsonObject {
  const parameters: Json[] = [];
  for (const name of ["namespace", "name"]) {
    if (path.includes(`{${name}}`))
      parameters.push({ name, in: "path", required: true, schema: { type: "string", uniqueItems: true } });
  }
  parameters.push(query("pretty", "string"));
  const item: JsonObject = { parameters };
  for (const operation of operations) item[operation.method] = operationObject(operation, gvk, definition);
  return item;
}

const patchTypes = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

function operationObject(
  { action, parameters = [], answer, body }: Operation,
  gvk: JsonObject,
  { custom, group }: ResourceDefinition,
): JsonObject {
  const content = (types: readonly string[], schema: string): JsonObject =>
    Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${schema}` } }]));
  const patchContent = custom ? patchTypes.slice(0, 3) : patchTypes;
  return {
    tags: [group === "" ? "core_v1" : `${group}_${stringAt(gvk, "version") ?? ""}`],
    parameters: parameters.map((parameter): Json => {
      const [name = "", type = ""] = parameter.split(":");
      return query(name, type);
    }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content:
              body === "Patch"
                ? content(patchContent, "io.k8s.apimachinery.pkg.apis.meta.v1.Patch")
                : content(["*/*"], body),
          },
        }),
    responses: { "200": { description: "OK", content: content(["application/json", "application/yaml"], answer) } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
  };
}
