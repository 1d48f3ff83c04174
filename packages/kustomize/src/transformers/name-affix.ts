import type { FieldSpec } from "../field-spec.ts";
import { visitFields } from "../filters/field-spec-filter.ts";
import { type Gvk, isSelectedGvk } from "../gvk.ts";
import { setScalar } from "../node/fields.ts";
import type { Resource } from "../resource.ts";
import type { Transformer } from "./transformer.ts";

/** What is put around names. */
export interface NameAffix {
  readonly prefix: string;
  readonly suffix: string;
}

/** Kinds whose names mean something to others and stay as they are. */
const fixedNames: readonly Gvk[] = [
  { group: "", version: "", kind: "CustomResourceDefinition" },
  { group: "apiregistration.k8s.io", version: "", kind: "APIService" },
  { group: "", version: "", kind: "Namespace" },
];

const create = { kind: "scalar", tag: "!!str" } as const;

/** Adds a prefix or a suffix to the fields that the specs name, and remembers the names before. */
export function affixNames({ prefix, suffix }: NameAffix, specs: readonly FieldSpec[]): Transformer {
  return (resources) => {
    for (const resource of resources.resources) {
      const id = resource.originalId;
      if (fixedNames.some((kind) => isSelectedGvk(id, kind))) continue;
      for (const spec of specs) {
        if (!isSelectedGvk(id, spec)) continue;
        if (spec.path === "metadata/name") remember(resource, { prefix, suffix });
        visitFields(resource.node, spec, {
          create,
          visit: (node) => setScalar(node, prefix + (node.kind === "scalar" ? node.value : "") + suffix),
        });
      }
    }
  };
}

function remember(resource: Resource, { prefix, suffix }: NameAffix): void {
  resource.addNamePrefix(prefix);
  resource.addNameSuffix(suffix);
  if (prefix !== "" || suffix !== "") resource.storePreviousId();
}
