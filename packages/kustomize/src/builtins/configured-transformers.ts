import { stringify } from "@sluice/yaml";
import { prefixErrors } from "../errors.ts";
import type { Kustomization } from "../kustomization.ts";
import type { Origin } from "../origin.ts";
import type { TransformerConfig } from "../transformer-config.ts";
import { replaceImages } from "../transformers/images.ts";
import { labelFieldSpecs, setStringMaps } from "../transformers/labels.ts";
import { json6902Transformer, strategicMergeTransformer } from "../transformers/legacy-patches.ts";
import { affixNames } from "../transformers/name-affix.ts";
import { setNamespaces } from "../transformers/namespace.ts";
import { describePatch, patchTransformer } from "../transformers/patch.ts";
import { replacementTransformer } from "../transformers/replacement.ts";
import { setReplicas } from "../transformers/replicas.ts";
import type { TrackedTransformer, Transformer } from "../transformers/transformer.ts";
import type { PluginPlace } from "./builtin-plugins.ts";

/** The transformers that a kustomization's own fields ask for, in the order in which they run. */
export function configuredTransformers(
  kustomization: Kustomization,
  config: TransformerConfig,
  place: PluginPlace,
  originOf: (kind: string) => Origin | undefined,
): TrackedTransformer[] {
  const tracked = (kind: string, transformers: readonly Transformer[]): TrackedTransformer[] => {
    const origin = originOf(kind);
    return transformers.map((transform) => ({ transform, origin }));
  };
  return [
    ...tracked("PatchStrategicMergeTransformer", mergePatches(kustomization, place)),
    ...tracked("PatchTransformer", patches(kustomization, place)),
    ...tracked("NamespaceTransformer", namespace(kustomization, config)),
    ...tracked("PrefixTransformer", affix(kustomization.namePrefix, "prefix", config)),
    ...tracked("SuffixTransformer", affix(kustomization.nameSuffix, "suffix", config)),
    ...tracked("LabelTransformer", labels(kustomization, config)),
    ...tracked("AnnotationsTransformer", annotations(kustomization, config)),
    ...tracked("PatchJson6902Transformer", jsonPatches(kustomization, place)),
    ...tracked(
      "ReplicaCountTransformer",
      (kustomization.replicas ?? []).map((each) => setReplicas(each, config.replicas)),
    ),
    ...tracked(
      "ImageTagTransformer",
      (kustomization.images ?? []).map((each) => replaceImages(each, config.images)),
    ),
    ...tracked("ReplacementTransformer", replacements(kustomization, place)),
  ];
}

/** Names the field in errors about its entry, as kustomize does: by the built-in and its configuration. */
function configuring<T>(kind: string, described: () => string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    return prefixErrors(`trouble configuring builtin ${kind} with config: \`\n${described()}\``, () => {
      throw thrown;
    });
  }
}

function mergePatches(
  { patchesStrategicMerge: paths = [] }: Kustomization,
  { loader, factory }: PluginPlace,
): Transformer[] {
  if (paths.length === 0) return [];
  return [
    configuring(
      "PatchStrategicMergeTransformer",
      () => stringify({ paths }),
      () => strategicMergeTransformer({ paths, patches: "" }, loader, factory),
    ),
  ];
}

function patches(kustomization: Kustomization, { loader, factory }: PluginPlace): Transformer[] {
  return (kustomization.patches ?? []).map((patch) =>
    configuring(
      "PatchTransformer",
      () => describePatch(patch),
      () => patchTransformer(patch, loader, factory),
    ),
  );
}

function namespace({ namespace: name = "" }: Kustomization, config: TransformerConfig): Transformer[] {
  if (name === "") return [];
  return [setNamespaces({ namespace: name, fieldSpecs: config.namespace, subjects: "defaultOnly", unsetOnly: false })];
}

function affix(text: string | undefined, which: "prefix" | "suffix", config: TransformerConfig): Transformer[] {
  if (text === undefined || text === "") return [];
  const specs = which === "prefix" ? config.namePrefix : config.nameSuffix;
  return [affixNames({ prefix: "", suffix: "", [which]: text }, specs)];
}

function labels({ labels: entries = [], commonLabels }: Kustomization, config: TransformerConfig): Transformer[] {
  if (entries.length === 0 && (commonLabels === undefined || commonLabels.size === 0)) return [];
  return [
    ...entries.map((label) => setStringMaps(label.pairs ?? new Map(), labelFieldSpecs(label, config))),
    setStringMaps(commonLabels ?? new Map(), config.commonLabels),
  ];
}

function annotations({ commonAnnotations }: Kustomization, config: TransformerConfig): Transformer[] {
  if (commonAnnotations === undefined || commonAnnotations.size === 0) return [];
  return [setStringMaps(commonAnnotations, config.commonAnnotations)];
}

function jsonPatches({ patchesJson6902 = [] }: Kustomization, { loader }: PluginPlace): Transformer[] {
  return patchesJson6902.map(({ target, path = "", patch = "" }) =>
    configuring(
      "PatchJson6902Transformer",
      () => describePatch({ path, patch }),
      () => json6902Transformer({ target, path, jsonOp: patch }, loader),
    ),
  );
}

function replacements({ replacements: fields = [] }: Kustomization, { loader }: PluginPlace): Transformer[] {
  if (fields.length === 0) return [];
  return [
    configuring(
      "ReplacementTransformer",
      () => stringify({ replacements: fields }),
      () => replacementTransformer(fields, loader),
    ),
  ];
}
