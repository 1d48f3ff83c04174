import type { FieldErrors } from "../errors/field-errors.ts";
import {
  cloneJson,
  ensureObject,
  equalJson,
  numberAt,
  objectAt,
  objectsAt,
  setDefault,
  setDefaultString,
  stringAt,
  type JsonObject,
} from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { labelSelectorOf } from "../selectors/label-selector.ts";
import { defaultTemplate } from "./pod-defaults.ts";
import { nameWarnings, podWarnings } from "./pod-warnings.ts";
import { validateTemplate } from "./pod-validation.ts";
import type { StrategyOverrides } from "./strategy.ts";

/** Workloads that keep a number of pods alive: their pods always restart. */
const longRunning = { restartPolicies: ["Always"] } as const;

/** An empty status, which such kinds always have. */
export function emptyStatus(object: KubeObject): void {
  object["status"] = {};
}

/** Checks a selector and that it selects the template's labels. */
function validateSelector(object: KubeObject, kind: string, errors: FieldErrors): void {
  const selector = objectAt(object, "spec", "selector");
  const parsed = labelSelectorOf(selector);
  if (selector === undefined) errors.required("spec.selector");
  else if (parsed?.isEmpty === true) errors.invalid("spec.selector", {}, `empty selector is invalid for ${kind}`);
  const labels = objectAt(object, "spec", "template", "metadata", "labels");
  // A selector that is missing selects nothing.
  if (parsed?.matches(labels as { [key: string]: string } | undefined) !== true) {
    errors.invalid("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`");
  }
}

/** What is to be said about the pod template of a workload. */
export function templateWarnings(object: KubeObject): string[] {
  return podWarnings(objectAt(object, "spec", "template") ?? {}, "spec.template");
}

/** Checks that numbers of a spec are not negative. */
export function validateNonNegative(object: KubeObject, errors: FieldErrors, ...members: readonly string[]): void {
  for (const member of members) {
    const value = numberAt(object, "spec", member);
    if (value !== undefined && value < 0) errors.invalid(`spec.${member}`, value, "must be greater than or equal to 0");
  }
}

function validateImmutableSelector(object: KubeObject, old: KubeObject, errors: FieldErrors): void {
  const selector = objectAt(object, "spec", "selector");
  if (!equalJson(selector, objectAt(old, "spec", "selector"))) {
    errors.invalid("spec.selector", selector ?? null, "field is immutable");
  }
}

function validateDeployment(deployment: KubeObject, errors: FieldErrors): void {
  validateNonNegative(
    deployment,
    errors,
    "replicas",
    "minReadySeconds",
    "revisionHistoryLimit",
    "progressDeadlineSeconds",
  );
  validateSelector(deployment, "deployment", errors);
  validateTemplate(objectAt(deployment, "spec"), "spec.template", errors, longRunning);
  const strategy = objectAt(deployment, "spec", "strategy") ?? {};
  const type = stringAt(strategy, "type") ?? "";
  if (type !== "Recreate" && type !== "RollingUpdate")
    errors.notSupported("spec.strategy.type", type, ["Recreate", "RollingUpdate"]);
  if (type === "Recreate" && strategy["rollingUpdate"] !== undefined) {
    errors.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  }
  const rolling = objectAt(strategy, "rollingUpdate");
  if (rolling !== undefined && isZero(rolling["maxUnavailable"]) && isZero(rolling["maxSurge"])) {
    errors.invalid(
      "spec.strategy.rollingUpdate.maxUnavailable",
      rolling["maxUnavailable"] ?? 0,
      "may not be 0 when `maxSurge` is 0",
    );
  }
}

function isZero(value: unknown): boolean {
  return value === 0 || value === "0%";
}

export const deploymentStrategy: StrategyOverrides = {
  statusKeepsLabels: true,
  default: (deployment) => {
    const spec = ensureObject(deployment, "spec");
    setDefault(spec, "replicas", 1);
    const strategy = ensureObject(spec, "strategy");
    setDefaultString(strategy, "type", "RollingUpdate");
    if (strategy["type"] === "RollingUpdate") {
      const rolling = ensureObject(strategy, "rollingUpdate");
      setDefault(rolling, "maxUnavailable", "25%");
      setDefault(rolling, "maxSurge", "25%");
    }
    setDefault(spec, "revisionHistoryLimit", 10);
    setDefault(spec, "progressDeadlineSeconds", 600);
    defaultTemplate(spec);
  },
  prepareForCreate: emptyStatus,
  warnings: (deployment, isNew) => [
    ...(isNew ? nameWarnings(deployment.metadata.name) : []),
    ...templateWarnings(deployment),
  ],
  validate: validateDeployment,
  validateUpdate: (deployment, old, errors) => {
    validateDeployment(deployment, errors);
    validateImmutableSelector(deployment, old, errors);
  },
};

function validateReplicaSet(set: KubeObject, errors: FieldErrors): void {
  validateNonNegative(set, errors, "replicas", "minReadySeconds");
  validateSelector(set, "deployment", errors);
  validateTemplate(objectAt(set, "spec"), "spec.template", errors, longRunning);
}

export const replicaSetStrategy: StrategyOverrides = {
  warnings: templateWarnings,
  default: (set) => {
    const spec = ensureObject(set, "spec");
    setDefault(spec, "replicas", 1);
    defaultTemplate(spec);
  },
  prepareForCreate: (set) => {
    set["status"] = { replicas: 0 };
  },
  validate: validateReplicaSet,
  validateUpdate: (set, old, errors) => {
    validateReplicaSet(set, errors);
    validateImmutableSelector(set, old, errors);
  },
};

const mutableStatefulSetFields = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];

function validateStatefulSet(set: KubeObject, errors: FieldErrors): void {
  validateNonNegative(set, errors, "replicas", "minReadySeconds", "revisionHistoryLimit");
  validateSelector(set, "statefulset", errors);
  validateTemplate(objectAt(set, "spec"), "spec.template", errors, longRunning);
  const policy = stringAt(set, "spec", "podManagementPolicy") ?? "";
  if (policy !== "OrderedReady" && policy !== "Parallel") {
    errors.notSupported("spec.podManagementPolicy", policy, ["OrderedReady", "Parallel"]);
  }
}

export const statefulSetStrategy: StrategyOverrides = {
  warnings: templateWarnings,
  default: (set) => {
    const spec = ensureObject(set, "spec");
    setDefaultString(spec, "podManagementPolicy", "OrderedReady");
    const update = ensureObject(spec, "updateStrategy");
    setDefaultString(update, "type", "RollingUpdate");
    if (update["type"] === "RollingUpdate") setDefault(ensureObject(update, "rollingUpdate"), "partition", 0);
    const retention = ensureObject(spec, "persistentVolumeClaimRetentionPolicy");
    setDefaultString(retention, "whenDeleted", "Retain");
    setDefaultString(retention, "whenScaled", "Retain");
    setDefault(spec, "replicas", 1);
    setDefault(spec, "revisionHistoryLimit", 10);
    setDefault(spec, "serviceName", "");
    defaultTemplate(spec);
    for (const claim of objectsAt(spec, "volumeClaimTemplates")) {
      setDefaultString(claim, "apiVersion", "v1");
      setDefaultString(claim, "kind", "PersistentVolumeClaim");
      setDefaultString(ensureObject(claim, "spec"), "volumeMode", "Filesystem");
      setDefaultString(ensureObject(claim, "status"), "phase", "Pending");
    }
  },
  prepareForCreate: (set) => {
    set["status"] = { replicas: 0, availableReplicas: 0 };
  },
  validate: validateStatefulSet,
  validateUpdate: (set, old, errors) => {
    validateStatefulSet(set, errors);
    const fixed = (object: KubeObject): JsonObject => {
      const spec = cloneJson(objectAt(object, "spec") ?? {});
      for (const member of mutableStatefulSetFields) delete spec[member];
      return spec;
    };
    if (!equalJson(fixed(set), fixed(old))) {
      const fields = mutableStatefulSetFields.map((name) => `'${name}'`);
      errors.forbidden(
        "spec",
        `updates to statefulset spec for fields other than ${fields.slice(0, -1).join(", ")} and ${fields.at(-1) ?? ""} are forbidden`,
      );
    }
  },
};

function validateDaemonSet(set: KubeObject, errors: FieldErrors): void {
  validateNonNegative(set, errors, "minReadySeconds", "revisionHistoryLimit");
  validateSelector(set, "daemonset", errors);
  validateTemplate(objectAt(set, "spec"), "spec.template", errors, longRunning);
}

const generationAnnotation = "deprecated.daemonset.template.generation";

export const daemonSetStrategy: StrategyOverrides = {
  warnings: templateWarnings,
  default: (set) => {
    const spec = ensureObject(set, "spec");
    const update = ensureObject(spec, "updateStrategy");
    setDefaultString(update, "type", "RollingUpdate");
    if (update["type"] === "RollingUpdate") {
      const rolling = ensureObject(update, "rollingUpdate");
      setDefault(rolling, "maxUnavailable", 1);
      setDefault(rolling, "maxSurge", 0);
    }
    setDefault(spec, "revisionHistoryLimit", 10);
    defaultTemplate(spec);
  },
  prepareForCreate: (set) => {
    set["status"] = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    set.metadata.annotations = { ...set.metadata.annotations, [generationAnnotation]: "1" };
  },
  prepareForUpdate: (set, old, { subresource }) => {
    if (subresource !== "") return;
    const before = Number(old.metadata.annotations?.[generationAnnotation] ?? "0");
    const isSame = equalJson(objectAt(set, "spec", "template"), objectAt(old, "spec", "template"));
    set.metadata.annotations = {
      ...set.metadata.annotations,
      [generationAnnotation]: String(isSame ? before : before + 1),
    };
  },
  validate: validateDaemonSet,
  validateUpdate: (set, old, errors) => {
    validateDaemonSet(set, errors);
    validateImmutableSelector(set, old, errors);
  },
};

/** Whether two revisions of an object have the same pod template. */
export function hasSameTemplate(object: KubeObject, old: KubeObject): boolean {
  return equalJson(objectAt(object, "spec", "template"), objectAt(old, "spec", "template"));
}
