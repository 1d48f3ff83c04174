import { withPrefix } from "../errors.ts";
import { type FieldSpec, fieldSpec, mergeFieldSpecs } from "../field-spec.ts";
import { setEntries } from "../filters/set-labels.ts";
import type { Label } from "../kustomization.ts";
import { readFieldSpec, type TransformerConfig } from "../transformer-config.ts";
import type { Transformer } from "./transformer.ts";

/** Sets labels, or annotations, in the fields that the specs name. */
export function setStringMaps(entries: ReadonlyMap<string, string>, specs: readonly FieldSpec[]): Transformer {
  return (resources) => {
    if (entries.size === 0) return;
    for (const { node } of resources.resources) setEntries(node, specs, entries);
  };
}

/** The fields that an entry of `labels` sets. Throws when its own `fields` contradict kustomize's. */
export function labelFieldSpecs(label: Label, config: TransformerConfig): readonly FieldSpec[] {
  const own = (label.fields ?? []).map(readFieldSpec);
  try {
    const specs = mergeFieldSpecs(own, config.labels);
    if (label.includeSelectors === true) return mergeFieldSpecs(specs, config.commonLabels);
    const templates = label.includeTemplates === true ? mergeTemplates(specs, config) : specs;
    return mergeFieldSpecs(templates, [fieldSpec("metadata/labels", { create: true })]);
  } catch (thrown) {
    throw withPrefix(thrown, "failed to merge labels", { field: "labels" });
  }
}

function mergeTemplates(specs: readonly FieldSpec[], config: TransformerConfig): readonly FieldSpec[] {
  try {
    return mergeFieldSpecs(specs, config.templateLabels);
  } catch (thrown) {
    throw withPrefix(thrown, "failed to merge template fieldSpec");
  }
}
