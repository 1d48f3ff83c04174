import type { KustomizationSpec } from "@sluice/api";
import { SpecError } from "../runtime/index.ts";

/** Fields of the API that this version does not act upon, and how to tell that one is used. */
const UNSUPPORTED: readonly (readonly [field: string, isUsed: (spec: KustomizationSpec) => boolean])[] = [
  ["spec.decryption.serviceAccountName", (spec) => (spec.decryption?.serviceAccountName ?? "") !== ""],
  ["spec.kubeConfig", (spec) => spec.kubeConfig !== undefined],
  ["spec.healthCheckExprs", (spec) => (spec.healthCheckExprs?.length ?? 0) > 0],
  ["spec.ignore", (spec) => (spec.ignore?.length ?? 0) > 0],
  ["spec.dependsOn.readyExpr", (spec) => spec.dependsOn?.some((each) => (each.readyExpr ?? "") !== "") ?? false],
];

/**
 * Refuses a spec that asks for what is not implemented: applying it without the field would apply something else
 * than what was meant (secrets in their encrypted form, to another cluster).
 */
export function rejectUnsupportedFields(spec: KustomizationSpec): void {
  const found = UNSUPPORTED.find(([, isUsed]) => isUsed(spec));
  if (found === undefined) return;
  throw new SpecError("UnsupportedField", found[0], "not supported by this version of the controller");
}
