import { anything, boolean, integer, integer64, list, mapOf, type Shape, struct, text } from "./decode.ts";
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
const idFields = { ...gvkFields, name: text, namespace: text } as const;

export const fieldSpecShape: Shape<WrittenFieldSpec> = struct("FieldSpec", {
  ...gvkFields,
  path: text,
  create: boolean,
});
export const selectorShape: Shape<Selector> = struct("Selector", {
  ...idFields,
  annotationSelector: text,
  labelSelector: text,
});
export const patchOptionsShape: Shape<PatchOptions> = struct("PatchArgs", {
  allowNameChange: boolean,
  allowKindChange: boolean,
});
export const patchShape: Shape<KustomizationPatch> = struct("Patch", {
  path: text,
  patch: text,
  target: selectorShape,
  options: patchOptionsShape,
});
export const labelShape: Shape<Label> = struct("Label", {
  pairs: mapOf(text),
  includeSelectors: boolean,
  includeTemplates: boolean,
  fields: list(fieldSpecShape, "types.FieldSpec"),
});
export const imageShape: Shape<Image> = struct("Image", {
  name: text,
  newName: text,
  tagSuffix: text,
  newTag: text,
  digest: text,
});
export const replicaShape: Shape<Replica> = struct("Replica", { name: text, count: integer64 });
export const fieldOptionsShape: Shape<ReplacementOptions> = struct("FieldOptions", {
  delimiter: text,
  index: integer,
  encoding: text,
  create: boolean,
});
const replacementFields = {
  source: struct("SourceSelector", { ...idFields, fieldPath: text, options: fieldOptionsShape }),
  targets: list(
    struct("TargetSelector", {
      select: selectorShape,
      reject: list(selectorShape, "*types.Selector"),
      fieldPaths: list(text),
      options: fieldOptionsShape,
    }),
    "*types.TargetSelector",
  ),
  sourceValue: text,
} as const;
export const replacementShape: Shape<Replacement> = struct("Replacement", replacementFields);
export const replacementFieldShape: Shape<ReplacementField> = struct("ReplacementField", {
  ...replacementFields,
  path: text,
});
export const generatorOptionsShape: Shape<GeneratorOptions> = struct("GeneratorOptions", {
  labels: mapOf(text),
  annotations: mapOf(text),
  disableNameSuffixHash: boolean,
  immutable: boolean,
});
const generatorFields = {
  namespace: text,
  name: text,
  behavior: text,
  literals: list(text),
  files: list(text),
  envs: list(text),
  env: text,
  options: generatorOptionsShape,
} as const;
export const configMapArgsShape: Shape<ConfigMapArgs> = struct("ConfigMapArgs", generatorFields);
export const secretArgsShape: Shape<SecretArgs> = struct("SecretArgs", { ...generatorFields, type: text });
export const varShape: Shape<WrittenVar> = struct("Var", {
  name: text,
  objref: struct("Target", { apiVersion: text, ...gvkFields, name: text, namespace: text }),
  fieldref: struct("FieldSelector", { fieldPath: text }),
});
export const sortOptionsShape: Shape<SortOptions> = struct("SortOptions", {
  order: text,
  legacySortOptions: struct("LegacySortOptions", { orderFirst: list(text), orderLast: list(text) }),
});
const objectMetaShape = struct("ObjectMeta", {
  name: text,
  namespace: text,
  labels: mapOf(text),
  annotations: mapOf(text),
});
const helmGlobalsShape = struct("HelmGlobals", { chartHome: text, configHome: text });
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
const helmChartShape = struct("HelmChart", helmChartFields);
const helmChartArgsShape = struct("HelmChartArgs", {
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

export const kustomizationShape: Shape<Kustomization> = struct("Kustomization", {
  kind: text,
  apiVersion: text,
  metadata: objectMetaShape,
  openapi: mapOf(text),
  namePrefix: text,
  nameSuffix: text,
  namespace: text,
  commonLabels: mapOf(text),
  labels: list(labelShape, "types.Label"),
  commonAnnotations: mapOf(text),
  patchesStrategicMerge: list(text, "types.PatchStrategicMerge"),
  patchesJson6902: list(patchShape, "types.Patch"),
  patches: list(patchShape, "types.Patch"),
  images: list(imageShape, "types.Image"),
  imageTags: list(imageShape, "types.Image"),
  replacements: list(replacementFieldShape, "types.ReplacementField"),
  replicas: list(replicaShape, "types.Replica"),
  vars: list(varShape, "types.Var"),
  sortOptions: sortOptionsShape,
  resources: list(text),
  components: list(text),
  crds: list(text),
  bases: list(text),
  configMapGenerator: list(configMapArgsShape, "types.ConfigMapArgs"),
  secretGenerator: list(secretArgsShape, "types.SecretArgs"),
  helmGlobals: helmGlobalsShape,
  helmCharts: list(helmChartShape, "types.HelmChart"),
  helmChartInflationGenerator: list(helmChartArgsShape, "types.HelmChartArgs"),
  generatorOptions: generatorOptionsShape,
  configurations: list(text),
  generators: list(text),
  transformers: list(text),
  validators: list(text),
  buildMetadata: list(text),
});
