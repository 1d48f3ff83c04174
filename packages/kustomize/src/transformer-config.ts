import { decode, embedded, list, struct, text } from "./decode.ts";
import { KustomizeError, rephrase, withPrefix } from "./errors.ts";
import { type FieldSpec, mergeFieldSpecs, type NameReference, sortFieldSpecs } from "./field-spec.ts";
import { commonAnnotations, commonLabels, metadataLabels } from "./field-specs/labels.ts";
import { nameReferences } from "./field-specs/name-references.ts";
import { images, namePrefix, namespace, nameSuffix, replicas } from "./field-specs/simple.ts";
import { varReferences } from "./field-specs/var-references.ts";
import { compareGvk, equalGvk } from "./gvk.ts";
import { partialGvk, type WrittenFieldSpec } from "./kustomization.ts";
import { fieldSpecShape } from "./kustomization-shapes.ts";
import { messageOf } from "@sluice/errors";
import { yamlToJson } from "./yaml-json.ts";

const specLists = [
  "namePrefix",
  "nameSuffix",
  "namespace",
  "commonAnnotations",
  "commonLabels",
  "labels",
  "templateLabels",
  "varReference",
  "images",
  "replicas",
] as const;

/** How kustomize calls the lists when merging them fails. */
const listNames: { readonly [List in (typeof specLists)[number]]: string } = {
  namePrefix: "NamePrefix",
  nameSuffix: "NameSuffix",
  namespace: "NameSpace",
  commonAnnotations: "CommonAnnotations",
  commonLabels: "CommonLabels",
  labels: "Labels",
  templateLabels: "TemplateLabels",
  varReference: "VarReference",
  images: "Images",
  replicas: "Replicas",
};

type SpecLists = { readonly [List in (typeof specLists)[number]]: readonly FieldSpec[] };

/** Which fields each transformer works on. */
export interface TransformerConfig extends SpecLists {
  readonly nameReference: readonly NameReference[];
}

export const emptyConfig: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonAnnotations: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  varReference: [],
  images: [],
  replicas: [],
  nameReference: [],
};

/** Kustomize's own table. */
export const defaultConfig: TransformerConfig = sortConfig({
  namePrefix,
  nameSuffix,
  namespace,
  commonAnnotations,
  commonLabels,
  labels: [],
  templateLabels: metadataLabels,
  varReference: varReferences,
  images,
  replicas,
  nameReference: mergeNameReferences([], nameReferences),
});

/** Joins two configurations; throws `InvalidConfiguration` when they contradict each other. */
export function mergeConfigs(config: TransformerConfig, incoming: TransformerConfig): TransformerConfig {
  if (incoming === emptyConfig || config === incoming) return config;
  // Merging is no mere union: a spec for all kinds gives way to one for a kind that comes before it. Kustomize's own
  // table has no such pair.
  if (config === emptyConfig && incoming === defaultConfig) return incoming;
  const merged: { -readonly [List in keyof SpecLists]?: readonly FieldSpec[] } = {};
  for (const name of specLists) {
    merged[name] = failingAs(name, () => mergeFieldSpecs(config[name], incoming[name]));
  }
  const nameReference = prefixed("NameReference", () =>
    mergeNameReferences(config.nameReference, incoming.nameReference),
  );
  return sortConfig({ ...emptyConfig, ...merged, nameReference });
}

function failingAs<T>(name: (typeof specLists)[number], run: () => T): T {
  return prefixed(listNames[name], run);
}

function prefixed<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw withPrefix(thrown, `failed to merge ${name} fieldSpec`);
  }
}

function mergeNameReferences(
  references: readonly NameReference[],
  incoming: readonly NameReference[],
): readonly NameReference[] {
  let result = references;
  for (const reference of incoming) {
    const known = result.some((each) => equalGvk(each, reference));
    result = known
      ? result.map((each) =>
          equalGvk(each, reference)
            ? { ...each, referrers: mergeFieldSpecs(each.referrers, reference.referrers) }
            : each,
        )
      : [...result, reference];
  }
  return result;
}

function sortConfig(config: TransformerConfig): TransformerConfig {
  const sorted: { -readonly [List in keyof SpecLists]?: readonly FieldSpec[] } = {};
  for (const name of specLists) sorted[name] = sortFieldSpecs(config[name]);
  return { ...config, ...sorted, nameReference: config.nameReference.toSorted(compareGvk) };
}

const gvkFields = { group: text, version: text, kind: text } as const;
const specsShape = list(fieldSpecShape);
const configShape = struct("builtinconfig.TransformerConfig", {
  namePrefix: specsShape,
  nameSuffix: specsShape,
  namespace: specsShape,
  commonLabels: specsShape,
  labels: specsShape,
  templateLabels: specsShape,
  commonAnnotations: specsShape,
  nameReference: list(
    struct("builtinconfig.NameBackReferences", { ...embedded("Gvk", gvkFields), fieldSpecs: specsShape }),
  ),
  varReference: specsShape,
  images: specsShape,
  replicas: specsShape,
});

export function readFieldSpec(written: WrittenFieldSpec): FieldSpec {
  return { ...partialGvk(written), path: written.path ?? "", create: written.create ?? false };
}

/** Reads a file that a kustomization's `configurations` names. */
export function parseConfig(content: string): TransformerConfig {
  const json = converting(() => yamlToJson(content, { uniqueKeys: true }));
  const written = unmarshaling(() => decode(json, configShape, { strict: true, coerce: true }));
  const lists: { -readonly [List in keyof SpecLists]?: readonly FieldSpec[] } = {};
  for (const name of specLists) lists[name] = (written[name] ?? []).map(readFieldSpec);
  const nameReference = (written.nameReference ?? []).map((each) => ({
    ...partialGvk(each),
    referrers: (each.fieldSpecs ?? []).map(readFieldSpec),
  }));
  return sortConfig({ ...emptyConfig, ...lists, nameReference });
}

/** Words a failure to read YAML as the library does that kustomize reads configurations with. */
export function converting<T>(run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw rephrase(thrown, `error converting YAML to JSON: ${messageOf(thrown)}`);
  }
}

/** Words a failure to decode JSON as the library does that kustomize reads configurations with. */
export function unmarshaling<T>(run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    const message = `error unmarshaling JSON: while decoding JSON: ${messageOf(thrown)}`;
    throw new KustomizeError("InvalidConfiguration", message, { cause: thrown });
  }
}
