import type { Gvk } from "./gvk.ts";

/** The names under which a directory's kustomization is looked for, in order. */
export const kustomizationFileNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** The parts of a kind that a file names; what is missing means "any". */
export interface PartialGvk {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** The parts of an id that a file names. */
export interface PartialId extends PartialGvk {
  readonly name?: string;
  readonly namespace?: string;
}

/** Selects resources: the parts of the id are regular expressions for patches and replacement targets. */
export interface Selector extends PartialId {
  readonly annotationSelector?: string;
  readonly labelSelector?: string;
}

/** A field of some kinds, as files write it. */
export interface WrittenFieldSpec extends PartialGvk {
  readonly path?: string;
  readonly create?: boolean;
}

/** An entry of `patches` or `patchesJson6902`. */
export interface KustomizationPatch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: PatchOptions;
}

export interface PatchOptions {
  readonly allowNameChange?: boolean;
  readonly allowKindChange?: boolean;
}

/** An entry of `labels`. */
export interface Label {
  readonly pairs?: ReadonlyMap<string, string>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly WrittenFieldSpec[];
}

/** An entry of `images`. `name` is a regular expression. */
export interface Image {
  readonly name?: string;
  readonly newName?: string;
  readonly tagSuffix?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** An entry of `replicas`. */
export interface Replica {
  readonly name?: string;
  readonly count?: number;
}

export interface ReplacementOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly encoding?: string;
  readonly create?: boolean;
}

export interface ReplacementSource extends PartialId {
  readonly fieldPath?: string;
  readonly options?: ReplacementOptions;
}

export interface ReplacementTarget {
  readonly select?: Selector;
  readonly reject?: readonly Selector[];
  readonly fieldPaths?: readonly string[];
  readonly options?: ReplacementOptions;
}

/** Copies a value from a field to others. */
export interface Replacement {
  readonly source?: ReplacementSource;
  readonly targets?: readonly ReplacementTarget[];
  readonly sourceValue?: string;
}

/** An entry of `replacements`: inline, or the path of a file. */
export interface ReplacementField extends Replacement {
  readonly path?: string;
}

export interface GeneratorOptions {
  readonly labels?: ReadonlyMap<string, string>;
  readonly annotations?: ReadonlyMap<string, string>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** An entry of `configMapGenerator`. */
export interface ConfigMapArgs {
  readonly namespace?: string;
  readonly name?: string;
  readonly behavior?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly options?: GeneratorOptions;
}

/** An entry of `secretGenerator`. */
export interface SecretArgs extends ConfigMapArgs {
  readonly type?: string;
}

/** An entry of `vars`. */
export interface WrittenVar {
  readonly name?: string;
  readonly objref?: PartialId & { readonly apiVersion?: string };
  readonly fieldref?: { readonly fieldPath?: string };
}

export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
}

/** An entry of `helmCharts`; it is read only to be refused by name. */
export interface HelmChart {
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** A kustomization or component as written: every field may be missing. */
export interface Kustomization {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: ReadonlyMap<string, string>;
    readonly annotations?: ReadonlyMap<string, string>;
  };
  readonly openapi?: ReadonlyMap<string, string>;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: ReadonlyMap<string, string>;
  readonly labels?: readonly Label[];
  readonly commonAnnotations?: ReadonlyMap<string, string>;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly KustomizationPatch[];
  readonly patches?: readonly KustomizationPatch[];
  readonly images?: readonly Image[];
  readonly imageTags?: readonly Image[];
  readonly replacements?: readonly ReplacementField[];
  readonly replicas?: readonly Replica[];
  readonly vars?: readonly WrittenVar[];
  readonly sortOptions?: SortOptions;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly crds?: readonly string[];
  readonly bases?: readonly string[];
  readonly configMapGenerator?: readonly ConfigMapArgs[];
  readonly secretGenerator?: readonly SecretArgs[];
  readonly helmGlobals?: { readonly chartHome?: string; readonly configHome?: string };
  readonly helmCharts?: readonly HelmChart[];
  readonly helmChartInflationGenerator?: readonly { readonly chartName?: string }[];
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations?: readonly string[];
  readonly generators?: readonly string[];
  readonly transformers?: readonly string[];
  readonly validators?: readonly string[];
  readonly buildMetadata?: readonly string[];
}

/** Group, version and kind of something that may name only some of them. */
export function partialGvk(value: PartialGvk): Gvk {
  return { group: value.group ?? "", version: value.version ?? "", kind: value.kind ?? "" };
}
