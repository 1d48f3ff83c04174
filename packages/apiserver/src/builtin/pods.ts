import type { FieldErrors } from "../errors/field-errors.ts";
import {
  cloneJson,
  ensureObject,
  equalJson,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { defaultPod, defaultTemplate } from "./pod-defaults.ts";
import { validatePodSpec } from "./pod-validation.ts";
import { podWarnings } from "./pod-warnings.ts";
import type { StrategyOverrides } from "./strategy.ts";

/** The class by which a node under pressure chooses whom to evict. */
export function qosClass(pod: KubeObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...objectsAt(pod, "spec", "containers"), ...objectsAt(pod, "spec", "initContainers")];
  const amounts = (container: JsonObject, kind: string): JsonObject => objectAt(container, "resources", kind) ?? {};
  const asksForNothing = containers.every(
    (container) => Object.keys({ ...amounts(container, "limits"), ...amounts(container, "requests") }).length === 0,
  );
  if (asksForNothing) return "BestEffort";
  const isGuaranteed = containers.every((container) => {
    const limits = amounts(container, "limits");
    return (
      limits["cpu"] !== undefined && limits["memory"] !== undefined && equalJson(limits, amounts(container, "requests"))
    );
  });
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

const updateMessage =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

function validateUpdate(pod: KubeObject, old: KubeObject, errors: FieldErrors): void {
  const fixed = (object: KubeObject): JsonObject => {
    const spec = cloneJson(objectAt(object, "spec") ?? {});
    for (const list of ["containers", "initContainers"])
      for (const container of objectsAt(spec, list)) delete container["image"];
    for (const member of ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"])
      delete spec[member];
    // Binding sets the node once.
    if ((stringAt(old, "spec", "nodeName") ?? "") === "") delete spec["nodeName"];
    return spec;
  };
  if (!equalJson(fixed(pod), fixed(old))) errors.forbidden("spec", updateMessage);
}

export const podStrategy: StrategyOverrides = {
  warnings: (pod) => podWarnings(pod, ""),
  default: (pod) => defaultPod(ensureObject(pod, "spec")),
  prepareForCreate: (pod) => {
    pod["status"] = { phase: "Pending", qosClass: qosClass(pod) };
  },
  validate: (pod, errors) => validatePodSpec(objectAt(pod, "spec") ?? {}, "spec", errors),
  validateUpdate,
  gracePeriodSeconds: (pod, requested) => {
    const phase = stringAt(pod, "status", "phase") ?? "";
    // Nobody needs time where no process runs.
    const isIdle = (stringAt(pod, "spec", "nodeName") ?? "") === "" || phase === "Failed" || phase === "Succeeded";
    if (isIdle || requested === 0) return 0;
    return (
      requested ??
      pod.metadata.deletionGracePeriodSeconds ??
      numberAt(pod, "spec", "terminationGracePeriodSeconds") ??
      30
    );
  },
};

export const podTemplateStrategy: StrategyOverrides = {
  allowCreateOnUpdate: true,
  default: (template) => defaultTemplate(template),
};
