import { KustomizeError } from "../errors.ts";
import { type FieldSpec, formatFieldSpecKind } from "../field-spec.ts";
import { visitFields } from "../filters/field-spec-filter.ts";
import { formatList } from "../go-format.ts";
import { isSelectedGvk } from "../gvk.ts";
import type { Replica } from "../kustomization.ts";
import { asScalar } from "../node/kind-error.ts";
import { setScalar } from "../node/fields.ts";
import type { Transformer } from "./transformer.ts";

/** Sets the number of replicas of the workload with this name. Throws `PatchTargetNotFound` when there is none. */
export function setReplicas({ name = "", count = 0 }: Replica, specs: readonly FieldSpec[]): Transformer {
  return (resources) => {
    let found = false;
    for (const spec of specs) {
      for (const { node } of resources.matchingAnyId((id) => id.name === name && isSelectedGvk(id, spec))) {
        found = true;
        visitFields(node, spec, {
          create: { kind: "scalar", tag: "!!int" },
          visit(field) {
            asScalar(field);
            setScalar(field, String(count), "!!int");
          },
        });
      }
    }
    if (found) return;
    const kinds = formatList(specs.map(formatFieldSpecKind));
    throw new KustomizeError(
      "PatchTargetNotFound",
      `resource with name ${name} does not match a config with the following GVK ${kinds}`,
      { field: "replicas" },
    );
  };
}
