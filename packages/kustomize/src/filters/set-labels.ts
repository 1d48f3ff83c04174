import type { MappingNode } from "@sluice/yaml";
import type { FieldSpec } from "../field-spec.ts";
import { setField } from "../node/fields.ts";
import { makeScalar } from "../node/make.ts";
import { visitFields } from "./field-spec-filter.ts";

const create = { kind: "mapping", tag: "!!map" } as const;

/** Sets entries of string maps (labels, annotations, selectors) in the fields that the specs name. */
export function setEntries(root: MappingNode, specs: readonly FieldSpec[], entries: ReadonlyMap<string, string>): void {
  for (const name of [...entries.keys()].toSorted()) {
    const value = entries.get(name) ?? "";
    for (const spec of specs) {
      visitFields(root, spec, { create, visit: (node) => setField(node, name, makeScalar(value, "!!str")) });
    }
  }
}
