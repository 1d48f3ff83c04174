import { boolean, decode, list, mapOf, type Shape, struct, text } from "../decode.ts";
import { KustomizeError } from "../errors.ts";
import { quote } from "../go-format.ts";
import { generateConfigMap, generateSecret } from "../generators/config-map.ts";
import { generateIamPolicy, iamPolicyShape } from "../generators/iam-policy.ts";
import type { WrittenFieldSpec } from "../kustomization.ts";
import {
  configMapArgsShape,
  fieldSpecShape,
  imageShape,
  patchShape,
  replacementFieldShape,
  replicaShape,
  secretArgsShape,
  selectorShape,
} from "../kustomization-shapes.ts";
import type { Loader } from "../loader.ts";
import type { Resource } from "../resource.ts";
import type { ResourceFactory } from "../resource-factory.ts";
import { readFieldSpec, unmarshaling } from "../transformer-config.ts";
import { addHashSuffixes } from "../transformers/hash-suffix.ts";
import { replaceImages } from "../transformers/images.ts";
import { setStringMaps } from "../transformers/labels.ts";
import { json6902Transformer, strategicMergeTransformer } from "../transformers/legacy-patches.ts";
import { affixNames } from "../transformers/name-affix.ts";
import { type RoleBindingSubjects, setNamespaces } from "../transformers/namespace.ts";
import { loadText, patchTransformer } from "../transformers/patch.ts";
import { replacementTransformer } from "../transformers/replacement.ts";
import { setReplicas } from "../transformers/replicas.ts";
import type { Transformer } from "../transformers/transformer.ts";
import {
  valueAddShape,
  type ValueAddTarget,
  valueAddTargetsShape,
  valueAddTransformer,
} from "../transformers/value-add.ts";
import { yamlToJson } from "../yaml-json.ts";
import type { FieldSpec } from "../field-spec.ts";

/** What a built-in gets that a file configures. */
export interface PluginPlace {
  readonly loader: Loader;
  readonly factory: ResourceFactory;
}

type Configure<Made> = (config: Resource, place: PluginPlace) => Made;

/** Reads the configuration; numbers and booleans are fine where text is wanted. */
function read<T>(config: Resource, shape: Shape<T>): T {
  return unmarshaling(() => decode(config.toJSON(), shape, { coerce: true }));
}

const specsShape = list(fieldSpecShape);
const metadata = struct("ObjectMeta", { name: text, namespace: text });

function specs(written: readonly WrittenFieldSpec[] | undefined): FieldSpec[] {
  return (written ?? []).map(readFieldSpec);
}

/** The generators that a file may configure, by kind. */
export const builtinGenerators: ReadonlyMap<string, Configure<() => Resource>> = new Map<
  string,
  Configure<() => Resource>
>([
  [
    "ConfigMapGenerator",
    (config, { loader, factory }) => {
      const args = withMetadata(config, read(config, configMapArgsShape));
      return () => generateConfigMap(loader, args, factory.openApi);
    },
  ],
  [
    "SecretGenerator",
    (config, { loader, factory }) => {
      const args = withMetadata(config, read(config, secretArgsShape));
      return () => generateSecret(loader, args, factory.openApi);
    },
  ],
  [
    "IAMPolicyGenerator",
    (config, { factory }) => {
      const args = read(config, iamPolicyShape);
      return () => generateIamPolicy(args, factory.openApi);
    },
  ],
  [
    "HelmChartInflationGenerator",
    () => {
      throw helmRefused();
    },
  ],
]);

/** The refusal of Helm charts: rendering them would mean to run a program. */
export function helmRefused(): KustomizeError {
  return new KustomizeError("PluginRefused", "must specify --enable-helm", { field: "helmCharts" });
}

function withMetadata<T extends { readonly name?: string; readonly namespace?: string }>(config: Resource, args: T): T {
  const own = read(config, struct("", { metadata })).metadata;
  return { ...args, name: args.name || (own?.name ?? ""), namespace: args.namespace || (own?.namespace ?? "") };
}

/** The transformers that a file may configure, by kind. */
export const builtinTransformers: ReadonlyMap<string, Configure<Transformer>> = new Map<string, Configure<Transformer>>(
  [
    [
      "AnnotationsTransformer",
      (config) => {
        const { annotations, fieldSpecs } = read(
          config,
          struct("", { annotations: mapOf(text), fieldSpecs: specsShape }),
        );
        return setStringMaps(annotations ?? new Map(), specs(fieldSpecs));
      },
    ],
    [
      "LabelTransformer",
      (config) => {
        const { labels, fieldSpecs } = read(config, struct("", { labels: mapOf(text), fieldSpecs: specsShape }));
        return setStringMaps(labels ?? new Map(), specs(fieldSpecs));
      },
    ],
    ["HashTransformer", () => addHashSuffixes],
    [
      "ImageTagTransformer",
      (config) => {
        const { imageTag, fieldSpecs } = read(config, struct("", { imageTag: imageShape, fieldSpecs: specsShape }));
        return replaceImages(imageTag ?? {}, specs(fieldSpecs));
      },
    ],
    ["NamespaceTransformer", namespaceTransformer],
    [
      "PatchJson6902Transformer",
      (config, { loader }) => {
        const {
          target,
          path = "",
          jsonOp = "",
        } = read(config, struct("", { target: selectorShape, path: text, jsonOp: text }));
        return json6902Transformer({ target, path, jsonOp }, loader);
      },
    ],
    [
      "PatchStrategicMergeTransformer",
      (config, { loader, factory }) => {
        const { paths = [], patches = "" } = read(config, struct("", { paths: list(text), patches: text }));
        return strategicMergeTransformer({ paths, patches }, loader, factory);
      },
    ],
    ["PatchTransformer", (config, { loader, factory }) => patchTransformer(read(config, patchShape), loader, factory)],
    ["PrefixTransformer", (config) => affixTransformer(config, "prefix")],
    ["SuffixTransformer", (config) => affixTransformer(config, "suffix")],
    [
      "PrefixSuffixTransformer",
      (config) => {
        const prefix = affixTransformer(config, "prefix");
        const suffix = affixTransformer(config, "suffix");
        return (resources) => {
          prefix(resources);
          suffix(resources);
        };
      },
    ],
    [
      "ReplacementTransformer",
      (config, { loader }) => {
        const { replacements = [] } = read(config, struct("", { replacements: list(replacementFieldShape) }));
        return replacementTransformer(replacements, loader);
      },
    ],
    [
      "ReplicaCountTransformer",
      (config) => {
        const { replica, fieldSpecs } = read(config, struct("", { replica: replicaShape, fieldSpecs: specsShape }));
        return setReplicas(replica ?? {}, specs(fieldSpecs));
      },
    ],
    [
      "ValueAddTransformer",
      (config, { loader }) => {
        const { value = "", targets = [], targetFilePath = "" } = read(config, valueAddShape);
        const more = targetFilePath === "" ? [] : readTargets(loader, targetFilePath);
        return valueAddTransformer(value, [...targets, ...more], loader);
      },
    ],
  ],
);

function readTargets(loader: Loader, path: string): readonly ValueAddTarget[] {
  return decode(yamlToJson(loadText(loader, path)), valueAddTargetsShape, { coerce: true }).targets ?? [];
}

const subjectModes: ReadonlySet<string> = new Set(["defaultOnly", "none", "allServiceAccounts"]);

function namespaceTransformer(config: Resource): Transformer {
  const shape = struct("", { metadata, fieldSpecs: specsShape, unsetOnly: boolean, setRoleBindingSubjects: text });
  const written = read(config, shape);
  const subjects = written.setRoleBindingSubjects || "defaultOnly";
  if (!isSubjectMode(subjects)) {
    throw new KustomizeError(
      "InvalidTransformer",
      `invalid value ${quote(subjects)} for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`,
    );
  }
  return setNamespaces({
    namespace: written.metadata?.namespace ?? "",
    fieldSpecs: specs(written.fieldSpecs),
    subjects,
    unsetOnly: written.unsetOnly ?? false,
  });
}

function isSubjectMode(mode: string): mode is RoleBindingSubjects {
  return subjectModes.has(mode);
}

function affixTransformer(config: Resource, which: "prefix" | "suffix"): Transformer {
  const written = read(config, struct("", { prefix: text, suffix: text, fieldSpecs: specsShape }));
  if (written.fieldSpecs === undefined) {
    throw new KustomizeError("InvalidTransformer", "fieldSpecs is not expected to be nil");
  }
  return affixNames({ prefix: "", suffix: "", [which]: written[which] ?? "" }, specs(written.fieldSpecs));
}
