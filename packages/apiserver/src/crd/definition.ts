import { createHash } from "node:crypto";
import type { FieldErrors } from "../errors/field-errors.ts";
import { kubernetesDefinitions } from "@sluice/api";
import { typeSchemaFromCustomResource, type TypeSchema } from "@sluice/patch";
import { decodeMetadata } from "../builtin/typed-decoder.ts";
import { createStrategy } from "../builtin/strategy.ts";
import { compareVersions } from "../discovery/version-order.ts";
import {
  booleanAt,
  isObject,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ObjectSchema } from "../registry/object-schema.ts";
import {
  resourceKey,
  type ResourceDefinition,
  type ResourceVersion,
  type Subresource,
} from "../registry/resource-definition.ts";
import { applyDefaults, dropNulls } from "./defaulting.ts";
import { printerColumns } from "./printer-columns.ts";
import { pruneUnknown } from "./pruning.ts";
import { readSchema, type StructuralSchema } from "./structural-schema.ts";
import { validateBySchema, validateStatusBySchema } from "./validation.ts";
import { customResourceOpenApi } from "./openapi.ts";

const verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** The resource that a CustomResourceDefinition defines, under the names that were accepted. */
export function customResource(crd: KubeObject): ResourceDefinition {
  const group = stringAt(crd, "spec", "group") ?? "";
  const names = objectAt(crd, "status", "acceptedNames") ?? {};
  const resource = stringAt(names, "plural") ?? "";
  const kind = stringAt(names, "kind") ?? "";
  const served = objectsAt(crd, "spec", "versions").filter((version) => version["served"] === true);
  const storage = objectsAt(crd, "spec", "versions").find((version) => version["storage"] === true);
  const versions = served
    .map((version) => createVersion(crd, version, kind))
    .toSorted((a, b) => compareVersions(a.version, b.version));
  return {
    group,
    resource,
    singular: stringAt(names, "singular") ?? kind.toLowerCase(),
    kind,
    listKind: stringAt(names, "listKind") ?? `${kind}List`,
    namespaced: stringAt(crd, "spec", "scope") === "Namespaced",
    shortNames: stringsAt(names, "shortNames"),
    categories: stringsAt(names, "categories"),
    collection: resourceKey(group, resource),
    storageApiVersion: `${group}/${stringAt(storage, "name") ?? ""}`,
    versions: new Map(versions.map((version) => [version.version, version])),
    stored: true,
    custom: true,
    storageVersionHash: storageVersionHash(group, stringAt(storage, "name") ?? "", kind),
  };
}

/** What discovery tells storage versions apart by: the same for the same version everywhere. */
function storageVersionHash(group: string, version: string, kind: string): string {
  return createHash("sha256").update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString("base64");
}

function createVersion(crd: KubeObject, version: JsonObject, kind: string): ResourceVersion {
  const group = stringAt(crd, "spec", "group") ?? "";
  const name = stringAt(version, "name") ?? "";
  const openapi = objectAt(version, "schema", "openAPIV3Schema");
  const preservesAll = booleanAt(crd, "spec", "preserveUnknownFields") === true;
  const structural = openapi === undefined ? undefined : readSchema(openapi);
  const subresources = objectAt(version, "subresources") ?? {};
  const hasStatus = isObject(subresources["status"]);
  const checked = hasRules(openapi) ? withSkippedRules : (validate: Validate): Validate => validate;
  const gvk = { group, version: name, kind };
  return {
    version: name,
    apiVersion: `${group}/${name}`,
    verbs,
    subresources: createSubresources(subresources, gvk),
    schema: createSchema({ openapi, structural, preservesAll, gvk }),
    strategy: createStrategy({
      hasStatus,
      statusKeepsMetadata: true,
      hasGeneration: true,
      allowUnconditionalUpdate: false,
      ...(structural === undefined
        ? {}
        : {
            default: (object) => applyDefaults(object, structural),
            validate: checked((object, errors) => validateBySchema(object, structural, errors)),
            validateUpdate: (object, _old, errors) =>
              checked((each, found) => validateBySchema(each, structural, found))(object, errors),
            validateStatusUpdate: (object, _old, errors) => validateStatusBySchema(object, structural, errors),
          }),
    }),
    columns: printerColumns(version),
    selectableFields: objectsAt(version, "selectableFields").map((field) =>
      (stringAt(field, "jsonPath") ?? "").replace(/^\./, ""),
    ),
    ...deprecationOf(crd, version),
  };
}

type Validate = (object: KubeObject, errors: FieldErrors) => void;

/** Whether a schema has validation rules anywhere. */
function hasRules(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.some(hasRules);
  if (!isObject(schema)) return false;
  return "x-kubernetes-validations" in schema || Object.values(schema).some(hasRules);
}

/** Rules are not asked about objects whose shape is wrong, and a real server says so. */
function withSkippedRules(validate: Validate): Validate {
  const blocking = new Set([
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
  ]);
  return (object, errors) => {
    const before = errors.list.length;
    validate(object, errors);
    if (!errors.list.slice(before).some(({ type }) => blocking.has(type))) return;
    errors.invalid(
      "<nil>",
      null,
      "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
    );
  };
}

function deprecationOf(crd: KubeObject, version: JsonObject): { deprecationWarning?: string } {
  if (version["deprecated"] !== true) return {};
  const given = stringAt(version, "deprecationWarning");
  if (given !== undefined) return { deprecationWarning: given };
  const group = stringAt(crd, "spec", "group") ?? "";
  const kind = stringAt(crd, "spec", "names", "kind") ?? "";
  const name = stringAt(version, "name") ?? "";
  const better = objectsAt(crd, "spec", "versions")
    .filter((each) => each["served"] === true && each["deprecated"] !== true)
    .map((each) => stringAt(each, "name") ?? "")
    .filter((each) => compareVersions(each, name) < 0)
    .toSorted(compareVersions)[0];
  const advice = better === undefined ? "" : `; use ${group}/${better} ${kind}`;
  return { deprecationWarning: `${group}/${name} ${kind} is deprecated${advice}` };
}

function createSubresources(
  subresources: JsonObject,
  gvk: { group: string; version: string; kind: string },
): Subresource[] {
  const list: Subresource[] = [];
  if (isObject(subresources["status"])) list.push({ name: "status", ...gvk, verbs: ["get", "patch", "update"] });
  const scale = subresources["scale"];
  if (isObject(scale)) {
    list.push({
      name: "scale",
      group: "autoscaling",
      version: "v1",
      kind: "Scale",
      verbs: ["get", "patch", "update"],
      scalePaths: {
        specReplicas: stringAt(scale, "specReplicasPath") ?? "",
        statusReplicas: stringAt(scale, "statusReplicasPath") ?? "",
        labelSelector: stringAt(scale, "labelSelectorPath") ?? "",
      },
    });
  }
  return list;
}

interface SchemaParts {
  readonly openapi: JsonObject | undefined;
  readonly structural: StructuralSchema | undefined;
  readonly preservesAll: boolean;
  readonly gvk: { readonly group: string; readonly version: string; readonly kind: string };
}

function createSchema({ openapi, structural, preservesAll, gvk }: SchemaParts): ObjectSchema {
  let type: TypeSchema | undefined;
  let published: Json | undefined;
  return {
    get type(): TypeSchema {
      type ??= typeSchemaFromCustomResource(openapi, {
        definitions: kubernetesDefinitions,
        preserveUnknownFields: preservesAll,
      });
      return type;
    },
    get openapi(): Json {
      published ??= customResourceOpenApi(openapi, gvk);
      return published;
    },
    decode: (object, findings) => {
      decodeMetadata(object, gvk, findings);
      if (structural === undefined || preservesAll) return;
      for (const path of pruneUnknown(object, structural).toSorted()) findings.strict.push(`unknown field "${path}"`);
      if (findings.keepsNulls !== true) dropNulls(object, structural);
    },
  };
}
