import { createHash } from "node:crypto";
import { kubernetesDefinitions, findKubernetesType, type KubernetesSchema } from "@sluice/api";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { servedGroups } from "../discovery/discovery.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceDefinition, ResourceVersion } from "../registry/resource-definition.ts";
import { pathsOf } from "./paths.ts";

/** A document with the tag that clients cache it by. */
export interface OpenApiDocument {
  readonly bytes: Buffer;
  readonly hash: string;
}

/** Makes and keeps the OpenAPI v3 documents of a registry, one per group and version. */
export class OpenApi {
  readonly #registry: Registry;
  #generation = -1;
  readonly #documents = new Map<string, OpenApiDocument>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** `/openapi/v3`: where the documents are. */
  index(): JsonObject {
    const paths: JsonObject = {};
    for (const { name, versions } of servedGroups(this.#registry)) {
      for (const { version } of versions) {
        const path = name === "" ? `api/${version}` : `apis/${name}/${version}`;
        const { hash } = this.document(path) ?? { hash: "" };
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
      }
    }
    return { paths };
  }

  /** `/openapi/v3/apis/apps/v1`; `undefined` when nothing is served there. */
  document(path: string): OpenApiDocument | undefined {
    if (this.#generation !== this.#registry.generation) {
      this.#documents.clear();
      this.#generation = this.#registry.generation;
    }
    const known = this.#documents.get(path);
    if (known !== undefined) return known;
    const [root, ...rest] = path.split("/");
    const group = root === "api" ? "" : (rest[0] ?? "");
    const version = (root === "api" ? rest[0] : rest[1]) ?? "";
    const served = servedGroups(this.#registry)
      .find(({ name }) => name === group)
      ?.versions.find((each) => each.version === version);
    if (served === undefined) return undefined;
    const bytes = Buffer.from(JSON.stringify(createDocument(group, version, served.resources)));
    const document = { bytes, hash: createHash("sha512").update(bytes).digest("hex").toUpperCase().slice(0, 64) };
    this.#documents.set(path, document);
    return document;
  }
}

type Served = readonly { readonly definition: ResourceDefinition; readonly served: ResourceVersion }[];

function createDocument(group: string, version: string, resources: Served): JsonObject {
  const schemas = new SchemaCollector();
  const paths: JsonObject = {};
  for (const { definition, served } of resources) {
    const name = schemaName(definition, served);
    if (served.schema.openapi === undefined) schemas.addDefinition(name);
    else schemas.addCustom(name, served.schema.openapi);
    const listName = addList(schemas, name, definition, served);
    Object.assign(paths, pathsOf(definition, served, { name, listName }));
  }
  for (const name of ["DeleteOptions", "Status", "WatchEvent", "Patch"]) {
    schemas.addDefinition(`io.k8s.apimachinery.pkg.apis.meta.v1.${name}`);
  }
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.36.3" },
    paths,
    components: { schemas: schemas.schemas },
    ...(group === "" ? {} : { "x-kubernetes-group": `${group}/${version}` }),
  };
}

/** `io.k8s.api.apps.v1.Deployment`; custom groups are spelled backwards: `com.example.v1.Widget`. */
export function schemaName(definition: ResourceDefinition, { version }: ResourceVersion): string {
  const builtin = findKubernetesType({ group: definition.group, version, kind: definition.kind });
  return builtin?.name ?? `${definition.group.split(".").toReversed().join(".")}.${version}.${definition.kind}`;
}

function addList(
  schemas: SchemaCollector,
  name: string,
  definition: ResourceDefinition,
  { version }: ResourceVersion,
): string {
  const listName = `${name}List`;
  if (!definition.stored) return name;
  if (kubernetesDefinitions[listName] !== undefined) schemas.addDefinition(listName);
  else {
    schemas.addCustom(listName, {
      type: "object",
      required: ["items"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta" },
        items: { type: "array", items: { $ref: `#/components/schemas/${name}` } },
      },
      "x-kubernetes-group-version-kind": [{ group: definition.group, version, kind: definition.listKind }],
    });
    schemas.addDefinition("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta");
  }
  return listName;
}

/** Collects schemas together with everything that they refer to. */
class SchemaCollector {
  readonly schemas: JsonObject = {};

  addDefinition(name: string): void {
    const definition = kubernetesDefinitions[name];
    if (definition === undefined || this.schemas[name] !== undefined) return;
    this.schemas[name] = {};
    this.schemas[name] = this.#convert(definition);
  }

  /** A schema that is OpenAPI v3 already, with references to components. */
  addCustom(name: string, schema: Json): void {
    this.schemas[name] = schema;
    this.#follow(schema);
  }

  #follow(schema: Json | undefined): void {
    if (Array.isArray(schema)) for (const item of schema) this.#follow(item);
    else if (isObject(schema)) {
      const reference = schema["$ref"];
      if (typeof reference === "string") this.addDefinition(reference.slice(reference.lastIndexOf("/") + 1));
      for (const member of Object.values(schema)) this.#follow(member);
    }
  }

  /** Definitions name each other directly; a reference beside other keywords must stand in `allOf`. */
  #convert(schema: KubernetesSchema): JsonObject {
    const { $ref, properties, items, additionalProperties, ...rest } = schema;
    const result: JsonObject = { ...(rest as JsonObject) };
    if (properties !== undefined) {
      result["properties"] = Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, this.#convert(property)]),
      );
    }
    if (items !== undefined) result["items"] = this.#convert(items);
    if (additionalProperties !== undefined) result["additionalProperties"] = this.#convert(additionalProperties);
    if ($ref === undefined) return result;
    this.addDefinition($ref);
    const reference = `#/components/schemas/${$ref}`;
    if (Object.keys(result).length === 0) return { $ref: reference };
    return { ...result, allOf: [{ $ref: reference }] };
  }
}
