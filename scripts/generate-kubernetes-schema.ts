/**
 * Turns the API description that Kubernetes publishes with its sources into the compact tables in
 * packages/api/src/kubernetes/generated: what types exist, what fields they have and how they merge, and
 * under which names they are served. Descriptions stay behind.
 *
 *     dir=$(go mod download -json k8s.io/kubernetes@v1.36.3 | jq -r .Dir)
 *     node scripts/generate-kubernetes-schema.ts "$dir/api"
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: { readonly [name: string]: Schema };
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface ApiResource extends Partial<GroupVersionKind> {
  readonly name: string;
  readonly kind: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
}

interface ApiResourceList {
  readonly resources: readonly ApiResource[];
}

interface ApiGroupList {
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly { readonly version: string }[];
    readonly preferredVersion: { readonly version: string };
  }[];
}

const gvkKeyword = "x-kubernetes-group-version-kind";

function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), "utf8"));
}

function lastSegment(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** Drops descriptions and writes references as bare type names. */
function slim(schema: Schema): Schema {
  const result: { [keyword: string]: unknown } = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "description") continue;
    if (keyword === "properties" && schema.properties !== undefined) {
      const entries = Object.entries(schema.properties);
      result[keyword] = Object.fromEntries(entries.map(([name, field]) => [name, slim(field)]));
    } else if (keyword === "items" && schema.items !== undefined) {
      result[keyword] = slim(schema.items);
    } else if (keyword === "additionalProperties" && schema.additionalProperties !== undefined) {
      result[keyword] = slim(schema.additionalProperties);
    } else if (keyword === "allOf" && schema.allOf !== undefined) {
      // OpenAPI 3.0 allows no siblings of $ref, so the published form wraps it together with a default.
      const [only, ...rest] = schema.allOf;
      if (only?.$ref === undefined || rest.length > 0) throw new Error("allOf holds more than one reference");
      result.$ref = lastSegment(only.$ref);
    } else if (keyword === "$ref" && schema.$ref !== undefined) {
      result.$ref = lastSegment(schema.$ref);
    } else {
      result[keyword] = value;
    }
  }
  return result;
}

/** Every definition of every group version. The shared ones list their kinds per group: those are united. */
function readDefinitions(api: string): Map<string, Schema> {
  const directory = join(api, "openapi-spec", "v3");
  const definitions = new Map<string, Schema>();
  for (const file of readdirSync(directory).toSorted()) {
    const document = readJson(directory, file) as { components?: { schemas?: { [name: string]: Schema } } };
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const before = definitions.get(name);
      definitions.set(name, before === undefined ? slim(schema) : uniteKinds(before, schema));
    }
  }
  return new Map([...definitions].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function uniteKinds(a: Schema, b: Schema): Schema {
  const mine = (a[gvkKeyword] ?? []) as GroupVersionKind[];
  const theirs = (b[gvkKeyword] ?? []) as GroupVersionKind[];
  const added = theirs.filter(({ group, version }) => !mine.some((m) => m.group === group && m.version === version));
  return added.length === 0 ? a : { ...a, [gvkKeyword]: [...mine, ...added] };
}

function readGroups(api: string): object[] {
  const { groups } = readJson(api, "discovery", "apis.json") as ApiGroupList;
  const named = groups.map((group) => ({
    name: group.name,
    preferredVersion: group.preferredVersion.version,
    versions: group.versions.map(({ version }) => version),
  }));
  return [{ name: "", preferredVersion: "v1", versions: ["v1"] }, ...named];
}

function readResources(api: string, groups: readonly object[]): object[] {
  return (groups as { name: string; versions: string[] }[]).flatMap(({ name: group, versions }) =>
    versions.flatMap((version) => {
      const file = group === "" ? `api__${version}.json` : `apis__${group}__${version}.json`;
      const { resources } = readJson(api, "discovery", file) as ApiResourceList;
      return resources
        .filter(({ name }) => !name.includes("/"))
        .map((resource) => ({
          group,
          version,
          kind: resource.kind,
          plural: resource.name,
          singular: resource.singularName,
          namespaced: resource.namespaced,
          shortNames: resource.shortNames,
          categories: resource.categories,
          verbs: resource.verbs,
          storageVersionHash: resource.storageVersionHash,
          subresources: resources
            .filter(({ name }) => name.startsWith(`${resource.name}/`))
            .map((sub) => ({
              name: sub.name.slice(resource.name.length + 1),
              group: sub.group ?? group,
              version: sub.version ?? version,
              kind: sub.kind,
              verbs: sub.verbs,
            })),
        }));
    }),
  );
}

/** One entry a line: small enough to load, plain enough to review. */
function formatList(entries: readonly unknown[]): string {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(",\n")}\n]`;
}

const api = argv[2];
if (api === undefined)
  throw new Error("usage: generate-kubernetes-schema.ts DIRECTORY (the api directory of Kubernetes)");
const output = join(import.meta.dirname, "..", "packages", "api", "src", "kubernetes", "generated");
const groups = readGroups(api);
const definitions = [...readDefinitions(api)].map(
  ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
);
writeFileSync(join(output, "definitions.json"), `{\n${definitions.join(",\n")}\n}\n`);
writeFileSync(
  join(output, "resources.json"),
  `{"groups":${formatList(groups)},\n"resources":${formatList(readResources(api, groups))}}\n`,
);
