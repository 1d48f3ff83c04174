import type { MappingNode } from "@sluice/yaml";
import { KustomizeError } from "../errors.ts";
import type { ConfigMapArgs, GeneratorOptions, SecretArgs } from "../kustomization.ts";
import type { Loader } from "../loader.ts";
import { ensureMapping, setField } from "../node/fields.ts";
import { makeMapping, makeScalar, makeString } from "../node/make.ts";
import { Resource, setAnnotationOf, toBehavior } from "../resource.ts";
import type { OpenApi } from "../schema/open-api.ts";
import { addConfigMapData, addSecretData } from "./config-map-data.ts";
import { loadKeyValues } from "./key-values.ts";

/** Makes a ConfigMap of files, literals and variables. */
export function generateConfigMap(loader: Loader, args: ConfigMapArgs, openApi: OpenApi): Resource {
  const node = baseNode("ConfigMap", args);
  addConfigMapData(node, loadKeyValues(loader, args.name ?? "", args));
  return finish(node, args, openApi);
}

/** Makes a Secret of files, literals and variables; `Opaque` unless another type is asked for. */
export function generateSecret(loader: Loader, args: SecretArgs, openApi: OpenApi): Resource {
  const node = baseNode("Secret", args);
  setField(node, "type", makeString(args.type || "Opaque"));
  const values = loadKeyValues(loader, args.name ?? "", args);
  addSecretData(node, values);
  return finish(node, args, openApi);
}

function baseNode(kind: string, { name = "", namespace = "" }: ConfigMapArgs): MappingNode {
  if (name === "") throw new KustomizeError("InvalidGenerator", "a configmap must have a name");
  const node = makeMapping([
    ["apiVersion", makeScalar("v1", "!!str")],
    ["kind", makeScalar(kind, "!!str")],
  ]);
  const metadata = ensureMapping(node, "metadata");
  setField(metadata, "name", makeString(name));
  if (namespace !== "") setField(metadata, "namespace", makeString(namespace));
  return node;
}

function finish(node: MappingNode, { options, behavior }: ConfigMapArgs, openApi: OpenApi): Resource {
  for (const key of [...(options?.labels?.keys() ?? [])].toSorted()) {
    const value = makeString(options?.labels?.get(key) ?? "");
    value.style = "single";
    setField(ensureMapping(node, "metadata", "labels"), key, value);
  }
  for (const key of [...(options?.annotations?.keys() ?? [])].toSorted()) {
    setAnnotationOf(node, key, options?.annotations?.get(key) ?? "");
  }
  if (options?.immutable === true) setField(node, "immutable", makeScalar("true", "!!bool"));
  const resource = new Resource(node, openApi);
  if (options?.disableNameSuffixHash !== true) resource.enable("needsHashSuffix");
  resource.setBehavior(toBehavior(behavior ?? ""));
  return resource;
}

/** The options of one generator, completed by `generatorOptions`. Its own labels and annotations win, flags add up. */
export function mergeGeneratorOptions(
  own: GeneratorOptions | undefined,
  shared: GeneratorOptions | undefined,
): GeneratorOptions | undefined {
  if (shared === undefined) return own;
  return {
    labels: new Map([...(shared.labels ?? []), ...(own?.labels ?? [])]),
    annotations: new Map([...(shared.annotations ?? []), ...(own?.annotations ?? [])]),
    disableNameSuffixHash: own?.disableNameSuffixHash === true || shared.disableNameSuffixHash === true,
    immutable: own?.immutable === true || shared.immutable === true,
  };
}
