import { anything, boolean, embedded, integer, integer64, list, mapOf, type Shape, struct, text } from "./decode.ts";
import type {
  ConfigMapArgs,
  GeneratorOptions,
  Image,
  Kustomization,
  KustomizationPatch,
  Label,
  PatchOptions,
  Replacement,
  ReplacementField,
  ReplacementOptions,
  Replica,
  SecretArgs,
  Selector,
  SortOptions,
  WrittenFieldSpec,
  WrittenVar,
} from "./kustomization.ts";

const gvkFields = { group: text, version: text, kind: text } as const;
const idFields = embedded("ResId", { ...embedded("Gvk", gvkFields), name: text, namespace: text });

export const fieldSpecShape: Shape<WrittenFieldSpec> = struct("types.FieldSpec", {
  ...embedded("Gvk", gvkFields),
  path: text,
  create: boolean,
});
export const selectorShape: Shape<Selector> = struct("types.Selector", {
  ...idFields,
  annotationSelector: text,
  labelSelector: text,
});
export const patchOptionsShape: Shape<PatchOptions> = struct("types.PatchArgs", {
  allowNameChange: boolean,
  allowKindChange: boolean,
});
export const patchShape: Shape<KustomizationPatch> = struct("types.Patch", {
  path: text,
  patch: text,
  target: selectorShape,
  options: patchOptionsShape,
});
export const labelShape: Shape<Label> = struct("types.Label", {
  pairs: mapOf(text),
  includeSelectors: boolean,
  includeTemplates: boolean,
  fields: list(fieldSpecShape),
});
export const imageShape: Shape<Image> = struct("types.Image", {
  name: text,
  newName: text,
  tagSuffix: text,
  newTag: text,
  digest: text,
});
export const replicaShape: Shape<Replica> = struct("types.Replica", { name: text, count: integer64 });
export const fieldOptionsShape: Shape<ReplacementOptions> = struct("types.FieldOptions", {
  delimiter: text,
  index: integer,
  encoding: text,
  create: boolean,
});
const replacementFields = {
  source: struct("types.SourceSelector", { ...idFields, fieldPath: text, options: fieldOptionsShape }),
  targets: list(
    struct("types.TargetSelector", {
      select: selectorShape,
      reject: list(selectorShape, "*types.Selector"),
      fieldPaths: list(text),
      options: fieldOptionsShape,
    }),
    "*types.TargetSelector",
  ),
  sourceValue: text,
} as const;
export const replacementShape: Shape<Replacement> = struct("types.Replacement", replacementFields);
export const replacementFieldShape: Shape<ReplacementField> = struct("types.ReplacementField", {
  ...embedded("Replacement", replacementFields),
  path: text,
});
export const generatorOptionsShape: Shape<GeneratorOptions> = struct("types.GeneratorOptions", {
  labels: mapOf(text),
  annotations: mapOf(text),
  disableNameSuffixHash: boolean,
  immutable: boolean,
});
const generatorFields = embedded("GeneratorArgs", {
  namespace: text,
  name: text,
  behavior: text,
  ...embedded("KvPairSources", { literals: list(text), files: list(text), envs: list(text), env: text }),
  options: generatorOptionsShape,
});
export const configMapArgsShape: Shape<ConfigMapArgs> = struct("types.ConfigMapArgs", generatorFields);
export const secretArgsShape: Shape<SecretArgs> = struct("types.SecretArgs", { ...generatorFields, type: text });
export const varShape: Shape<WrittenVar> = struct("types.Var", {
  name: text,
  objref: struct("types.Target", { apiVersion: text, ...embedded("Gvk", gvkFields), name: text, namespace: text }),
  fieldref: struct("types.FieldSelector", { fieldPath: text }),
});
export const sortOptionsShape: Shape<SortOptions> = struct("types.SortOptions", {
  order: text,
  legacySortOptions: struct("types.LegacySortOptions", { orderFirst: list(text), orderLast: list(text) }),
});
const objectMetaShape = struct("types.ObjectMeta", {
  name: text,
  namespace: text,
  labels: mapOf(text),
  annotations: mapOf(text),
});
const helmGlobalsShape = struct("types.HelmGlobals", { chartHome: text, configHome: text });
const helmChartFields = {
  name: text,
  version: text,
  repo: text,
  releaseName: text,
  namespace: text,
  additionalValuesFiles: list(text),
  valuesFile: text,
  valuesInline: mapOf(anything),
  valuesMerge: text,
  includeCRDs: boolean,
  skipHooks: boolean,
  apiVersions: list(text),
  kubeVersion: text,
  nameTemplate: text,
  skipTests: boolean,
  debug: boolean,
  devel: boolean,
} as const;
const helmChartShape = struct("types.HelmChart", helmChartFields);
const helmChartArgsShape = struct("types.HelmChartArgs", {
  chartName: text,
  chartVersion: text,
  chartRepoUrl: text,
  chartHome: text,
  chartRepoName: text,
  helmBin: text,
  helmHome: text,
  values: text,
  valuesLocal: mapOf(anything),
  valuesMerge: text,
  releaseName: text,
  releaseNamespace: text,
  extraArgs: list(text),
});

export const kustomizationShape: Shape<Kustomization> = struct("types.Kustomization", {
  ...embedded("TypeMeta", { kind: text, apiVersion: text }),
  metadata: objectMetaShape,
  openapi: mapOf(text),
  namePrefix: text,
  nameSuffix: text,
  namespace: text,
  commonLabels: mapOf(text),
  labels: list(labelShape),
  commonAnnotations: mapOf(text),
  patchesStrategicMerge: list({ ...text, goType: "types.PatchStrategicMerge" }),
  patchesJson6902: list(patchShape),
  patches: list(patchShape),
  images: list(imageShape),
  imageTags: list(imageShape),
  replacements: list(replacementFieldShape),
  replicas: list(replicaShape),
  vars: list(varShape),
  sortOptions: sortOptionsShape,
  resources: list(text),
  components: list(text),
  crds: list(text),
  bases: list(text),
  configMapGenerator: list(configMapArgsShape),
  secretGenerator: list(secretArgsShape),
  helmGlobals: helmGlobalsShape,
  helmCharts: list(helmChartShape),
  helmChartInflationGenerator: list(helmChartArgsShape),
  generatorOptions: generatorOptionsShape,
  configurations: list(text),
  generators: list(text),
  transformers: list(text),
  validators: list(text),
  buildMetadata: list(text),
});
