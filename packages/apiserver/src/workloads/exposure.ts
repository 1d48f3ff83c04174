import { numberAt, objectAt, objectsAt, stringAt, stringsAt, valueAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Decision, nothing, statusChange } from "./change.ts";

/** A documentation address (RFC 5737): shown, never reachable. Stable per name. */
function addressFor(object: KubeObject): string {
  let hash = 17;
  for (const character of `${object.metadata.namespace ?? ""}/${object.metadata.name}`)
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 250;
  return `203.0.113.${2 + hash}`;
}

/** Gives a LoadBalancer Service its external address. */
export function decideService(service: KubeObject): Decision {
  if (service.metadata.deletionTimestamp !== undefined) return nothing;
  const isBalancer = stringAt(service, "spec", "type") === "LoadBalancer";
  const status = objectAt(service, "status");
  if (isBalancer && objectsAt(status, "loadBalancer", "ingress").length > 0) return nothing;
  if (!isBalancer && objectsAt(status, "loadBalancer", "ingress").length === 0) return nothing;
  const loadBalancer = isBalancer ? { ingress: [{ ip: addressFor(service), ipMode: "VIP" }] } : {};
  return { changes: statusChange(service, { ...status, loadBalancer }) };
}

/** Gives an Ingress the address under which a controller would serve it. */
export function decideIngress(ingress: KubeObject): Decision {
  if (ingress.metadata.deletionTimestamp !== undefined) return nothing;
  const status = objectAt(ingress, "status");
  if (objectsAt(status, "loadBalancer", "ingress").length > 0) return nothing;
  return { changes: statusChange(ingress, { ...status, loadBalancer: { ingress: [{ ip: addressFor(ingress) }] } }) };
}

/** Binds a claim to a volume of its size. */
export function decideVolumeClaim(claim: KubeObject): Decision {
  if (claim.metadata.deletionTimestamp !== undefined || stringAt(claim, "status", "phase") === "Bound") return nothing;
  const volumeName = stringAt(claim, "spec", "volumeName") ?? `pvc-${claim.metadata.uid ?? claim.metadata.name}`;
  const bound: KubeObject = { ...claim, spec: { ...objectAt(claim, "spec"), volumeName } };
  if (stringAt(claim, "spec", "volumeName") === undefined) return { changes: [{ verb: "update", object: bound }] };
  return {
    changes: statusChange(claim, {
      phase: "Bound",
      accessModes: stringsAt(claim, "spec", "accessModes"),
      capacity: { ...objectAt(claim, "spec", "resources", "requests") },
    }),
  };
}

/** Says that an autoscaler sees its target and has nothing to do. */
export function decideAutoscaler(autoscaler: KubeObject, now: string): Decision {
  if (autoscaler.metadata.deletionTimestamp !== undefined) return nothing;
  const status = objectAt(autoscaler, "status");
  if (objectsAt(status, "conditions").length > 0) return nothing;
  const replicas = numberAt(autoscaler, "spec", "minReplicas") ?? 1;
  const condition = (type: string, on: boolean, reason: string, message: string): { [key: string]: string } => ({
    type,
    status: on ? "True" : "False",
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    changes: statusChange(autoscaler, {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      conditions: [
        condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size"),
        condition(
          "ScalingActive",
          true,
          "ValidMetricFound",
          "the HPA was able to successfully calculate a replica count",
        ),
        condition("ScalingLimited", false, "DesiredWithinRange", "the desired count is within the acceptable range"),
      ],
    }),
  };
}

/** Counts the pods that a disruption budget protects. */
export function decideDisruptionBudget(budget: KubeObject, pods: readonly KubeObject[], ready: number): Decision {
  if (budget.metadata.deletionTimestamp !== undefined) return nothing;
  const expected = pods.length;
  const number = (value: unknown): number =>
    typeof value === "number"
      ? value
      : typeof value === "string" && value.endsWith("%")
        ? Math.ceil((Number.parseInt(value, 10) * expected) / 100)
        : 0;
  const minimum = valueAt(budget, "spec", "minAvailable");
  const desired =
    minimum !== undefined ? number(minimum) : Math.max(0, expected - number(valueAt(budget, "spec", "maxUnavailable")));
  return {
    changes: statusChange(budget, {
      ...objectAt(budget, "status"),
      currentHealthy: ready,
      desiredHealthy: desired,
      disruptionsAllowed: Math.max(0, ready - desired),
      expectedPods: expected,
      observedGeneration: budget.metadata.generation ?? 1,
    }),
  };
}
