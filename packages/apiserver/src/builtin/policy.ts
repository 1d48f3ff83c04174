import type { FieldErrors } from "../errors/field-errors.ts";
import { ensureObject, numberAt, objectAt, objectsAt, setDefault, stringAt, valueAt, type Json } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { StrategyOverrides } from "./strategy.ts";

function validateBudget(budget: KubeObject, errors: FieldErrors): void {
  const spec = objectAt(budget, "spec") ?? {};
  if (spec["minAvailable"] !== undefined && spec["maxUnavailable"] !== undefined) {
    errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
  }
  for (const member of ["minAvailable", "maxUnavailable"])
    validateAmount(valueAt(spec, member), `spec.${member}`, errors);
}

function validateAmount(value: Json | undefined, field: string, errors: FieldErrors): void {
  if (typeof value === "number" && value < 0) errors.invalid(field, value, "must be greater than or equal to 0");
  if (typeof value !== "string") return;
  if (!/^\d+%$/.test(value)) {
    errors.invalid(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
  } else if (Number(value.slice(0, -1)) > 100) errors.invalid(field, value, "must not be greater than 100%");
}

export const disruptionBudgetStrategy: StrategyOverrides = {
  prepareForCreate: (budget) => {
    budget["status"] = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  },
  validate: validateBudget,
  validateUpdate: (budget, _old, errors) => validateBudget(budget, errors),
};

function validateAutoscaler(autoscaler: KubeObject, errors: FieldErrors): void {
  const minimum = numberAt(autoscaler, "spec", "minReplicas") ?? 1;
  const maximum = numberAt(autoscaler, "spec", "maxReplicas") ?? 0;
  if (minimum < 1) errors.invalid("spec.minReplicas", minimum, "must be greater than or equal to 1");
  if (maximum === 0) errors.required("spec.maxReplicas", "must be set and greater than 0");
  else if (maximum < 0) errors.invalid("spec.maxReplicas", maximum, "must be greater than 0");
  if (maximum < minimum) errors.invalid("spec.maxReplicas", maximum, "must be greater than or equal to `minReplicas`");
  for (const member of ["kind", "name"]) {
    if ((stringAt(autoscaler, "spec", "scaleTargetRef", member) ?? "") === "")
      errors.required(`spec.scaleTargetRef.${member}`);
  }
  if ((stringAt(autoscaler, "spec", "scaleTargetRef", "apiVersion") ?? "") === "") {
    errors.invalid("spec.scaleTargetRef.apiVersion", "", "apiVersion must specify API group");
  }
}

export const autoscalerStrategy: StrategyOverrides = {
  default: (autoscaler) => {
    const spec = ensureObject(autoscaler, "spec");
    setDefault(spec, "minReplicas", 1);
    if (autoscaler.apiVersion !== "autoscaling/v2" || objectsAt(spec, "metrics").length > 0) return;
    spec["metrics"] = [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
    ];
  },
  prepareForCreate: (autoscaler) => {
    const status = { desiredReplicas: 0 };
    const isCurrent = autoscaler.apiVersion === "autoscaling/v2";
    autoscaler["status"] = isCurrent ? { ...status, currentMetrics: null } : { ...status, currentReplicas: 0 };
  },
  validate: validateAutoscaler,
  validateUpdate: (autoscaler, _old, errors) => validateAutoscaler(autoscaler, errors),
};
