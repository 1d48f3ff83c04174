import { KustomizeError, withPrefix } from "./errors.ts";
import { type FieldSpec, fieldSpec } from "./field-spec.ts";
import { isJsonObject, type Json, jsonField, jsonText } from "./json.ts";
import { emptyConfig, mergeConfigs, type TransformerConfig } from "./transformer-config.ts";
import { yamlToJson } from "./yaml-json.ts";

/** Reads OpenAPI definitions of custom resources: their extensions tell which fields are names, labels, annotations. */
export function parseCrds(content: string, path: string): TransformerConfig {
  let definitions: Json;
  try {
    definitions = yamlToJson(content);
  } catch (thrown) {
    throw withPrefix(thrown, `unable to parse open API definition from '${path}'`, { file: path });
  }
  if (!isJsonObject(definitions)) {
    const problem = `json: cannot unmarshal ${typeof definitions} into Go value of type accumulator.nameToApiMap`;
    throw new KustomizeError("InvalidConfiguration", `unable to parse open API definition from '${path}': ${problem}`, {
      file: path,
    });
  }
  let config = emptyConfig;
  for (const [name, definition] of Object.entries(definitions)) {
    const properties = jsonField(jsonField(definition, "Schema"), "properties");
    if (!["kind", "apiVersion", "metadata"].every((each) => jsonField(properties, each) !== undefined)) continue;
    const kind = name.slice(name.lastIndexOf(".") + 1);
    for (const found of readDefinition(definitions, name, kind, [], new Set())) config = mergeConfigs(config, found);
  }
  return config;
}

function* readDefinition(
  definitions: Json,
  name: string,
  kind: string,
  path: readonly string[],
  open: ReadonlySet<string>,
): Generator<TransformerConfig> {
  if (open.has(name)) {
    throw new KustomizeError("InvalidConfiguration", `definition '${name}' contains itself`, { field: "crds" });
  }
  const properties = jsonField(jsonField(jsonField(definitions, name), "Schema"), "properties");
  if (!isJsonObject(properties)) return;
  for (const [property, schema] of Object.entries(properties)) {
    const at = [...path, property];
    yield* readProperty(schema, kind, at);
    const reference = jsonText(jsonField(schema, "$ref"));
    if (reference !== undefined) yield* readDefinition(definitions, reference, kind, at, new Set([...open, name]));
  }
}

function* readProperty(schema: Json, kind: string, path: readonly string[]): Generator<TransformerConfig> {
  const spec = specAt(kind, path);
  if (extension(schema, "annotation") !== undefined) yield { ...emptyConfig, commonAnnotations: [spec] };
  if (extension(schema, "label-selector") !== undefined) yield { ...emptyConfig, commonLabels: [spec] };
  if (extension(schema, "identity") !== undefined) yield { ...emptyConfig, namePrefix: [spec] };
  const version = extension(schema, "object-ref-api-version");
  const target = extension(schema, "object-ref-kind");
  if (version === undefined || target === undefined) return;
  const referrer = specAt(kind, [...path, extension(schema, "object-ref-name-key") ?? "name"]);
  yield { ...emptyConfig, nameReference: [{ group: "", version, kind: target, referrers: [referrer] }] };
}

function specAt(kind: string, path: readonly string[]): FieldSpec {
  return fieldSpec(path.join("/"), { kind });
}

function extension(schema: Json, name: string): string | undefined {
  return jsonText(jsonField(schema, `x-kubernetes-${name}`));
}
