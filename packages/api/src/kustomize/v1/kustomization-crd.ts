import type { CustomResourceDefinition, JsonSchema } from "../../meta/custom-resource-definition.ts";
import { ageColumn, defineFluxKind, readyColumns } from "../../meta/flux-definition.ts";
import { conditionSchema, durationPattern, localReferenceSchema } from "../../meta/schemas.ts";
import { kustomizeGroup } from "./ownership.ts";

const text = (description: string): JsonSchema => ({ description, type: "string" });

const flag = (description: string): JsonSchema => ({ description, type: "boolean" });

const duration = (description: string): JsonSchema => ({ description, type: "string", pattern: durationPattern });

const strings = (description: string): JsonSchema => ({
  description,
  type: "object",
  additionalProperties: { type: "string" },
});

const list = (description: string, items: JsonSchema): JsonSchema => ({ description, type: "array", items });

const bounded = (description: string, maxLength: number): JsonSchema => ({
  description,
  type: "string",
  minLength: 1,
  maxLength,
});

const selectorSchema: JsonSchema = {
  description:
    "Which objects of the build. Every field that is set must match; names and kinds are regular expressions.",
  type: "object",
  properties: {
    annotationSelector: text("Selects by annotations, as a label selector."),
    group: text("API group."),
    kind: text("Kind."),
    labelSelector: text("Selects by labels."),
    name: text("Name."),
    namespace: text("Namespace."),
    version: text("API version."),
  },
};

const commonMetadataSchema: JsonSchema = {
  description: "Labels and annotations for every object that is applied; they win over the object's own.",
  type: "object",
  properties: {
    annotations: strings("Annotations to set."),
    labels: strings("Labels to set."),
  },
};

const decryptionSchema: JsonSchema = {
  description: "How to decrypt Secrets.",
  type: "object",
  properties: {
    provider: { description: "The tool that encrypted them.", type: "string", enum: ["sops"] },
    secretRef: localReferenceSchema("The Secret with the private keys."),
    serviceAccountName: text("The ServiceAccount to reach a key service as."),
  },
  required: ["provider"],
};

const dependencySchema: JsonSchema = {
  description: "A Kustomization that must be ready first.",
  type: "object",
  properties: {
    name: text("Name of the Kustomization."),
    namespace: text("Its namespace. Default: that of the referrer."),
    readyExpr: text("CEL over `self` and `dep` that says whether the dependency is ready."),
  },
  required: ["name"],
};

const healthCheckExprSchema: JsonSchema = {
  description: "Health of a kind, told by CEL.",
  type: "object",
  properties: {
    apiVersion: text("Group and version of the kind; only the group counts."),
    current: text("True when the object is as it should be."),
    failed: text("True when the object will not recover."),
    inProgress: text("True while the object is on its way."),
    kind: text("The kind. Empty: every kind of the group."),
  },
  required: ["apiVersion", "current"],
};

const healthCheckSchema: JsonSchema = {
  description: "An object that must be healthy.",
  type: "object",
  properties: {
    apiVersion: text("Its API version. Default: `apps/v1`."),
    kind: text("Its kind."),
    name: text("Its name."),
    namespace: text("Its namespace."),
  },
  required: ["kind", "name"],
};

const ignoreSchema: JsonSchema = {
  description: "Fields that are left as they are in the cluster.",
  type: "object",
  properties: {
    paths: list("JSON pointers to the fields.", { type: "string" }),
    target: selectorSchema,
  },
  required: ["paths"],
};

const imageSchema: JsonSchema = {
  description: "A change of an image's name, tag or digest.",
  type: "object",
  properties: {
    digest: text("The new digest; it wins over the tag."),
    name: text("The image's name in the manifests, without tag."),
    newName: text("The new name."),
    newTag: text("The new tag."),
  },
  required: ["name"],
};

const exactlyOneKubeConfig =
  "exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified";

const kubeConfigSchema: JsonSchema = {
  description: "Which cluster to apply to, when it is not this one.",
  type: "object",
  properties: {
    configMapRef: localReferenceSchema("The ConfigMap with the cluster's address and a cloud's identity to use."),
    secretRef: {
      description: "The Secret with a kubeconfig.",
      type: "object",
      properties: {
        key: text("The key in the Secret. Default: `value`, then `value.yaml`."),
        name: text("Name of the Secret."),
      },
      required: ["name"],
    },
  },
  "x-kubernetes-validations": [
    { rule: "has(self.configMapRef) || has(self.secretRef)", message: exactlyOneKubeConfig },
    { rule: "!has(self.configMapRef) || !has(self.secretRef)", message: exactlyOneKubeConfig },
  ],
};

const patchSchema: JsonSchema = {
  description: "A change of some objects.",
  type: "object",
  properties: {
    patch: text("A strategic merge patch, or a list of JSON patch operations."),
    target: selectorSchema,
  },
  required: ["patch"],
};

const postBuildSchema: JsonSchema = {
  description: "Variables to put into the built manifests.",
  type: "object",
  properties: {
    substitute: strings("Values by variable name; they win over those of substituteFrom."),
    substituteFrom: list("ConfigMaps and Secrets with values; later ones win.", {
      description: "An object whose keys are variables.",
      type: "object",
      properties: {
        kind: { description: "ConfigMap or Secret.", type: "string", enum: ["Secret", "ConfigMap"] },
        name: bounded("Its name.", 253),
        optional: { description: "Whether it may be absent.", type: "boolean", default: false },
      },
      required: ["kind", "name"],
    }),
    substituteStrategy: {
      description: "Whether to substitute when there are no variables at all.",
      type: "string",
      enum: ["WithVariables", "Always"],
    },
  },
};

const sourceRefSchema: JsonSchema = {
  description: "The source whose artifact holds the manifests.",
  type: "object",
  properties: {
    apiVersion: text("API version of the source."),
    kind: {
      description: "Kind of the source.",
      type: "string",
      enum: ["OCIRepository", "GitRepository", "Bucket", "ExternalArtifact"],
    },
    name: text("Name of the source."),
    namespace: text("Namespace of the source. Default: that of the Kustomization."),
  },
  required: ["kind", "name"],
};

const specSchema: JsonSchema = {
  description: "What to build, and how to keep it applied.",
  type: "object",
  properties: {
    buildMetadata: list("What the build says about each object in its annotations.", {
      description: "originAnnotations or transformerAnnotations.",
      type: "string",
      enum: ["originAnnotations", "transformerAnnotations"],
    }),
    commonMetadata: commonMetadataSchema,
    components: list("Directories of components to add, relative to the path.", { type: "string" }),
    decryption: decryptionSchema,
    deletionPolicy: {
      description: "What becomes of the applied objects when this one is deleted. Default: MirrorPrune.",
      type: "string",
      enum: ["MirrorPrune", "Delete", "WaitForTermination", "Orphan"],
    },
    dependsOn: list("Kustomizations that must be ready first.", dependencySchema),
    force: {
      description: "Whether objects are recreated when a change touches an immutable field.",
      type: "boolean",
      default: false,
    },
    healthCheckExprs: list("Health of custom kinds.", healthCheckExprSchema),
    healthChecks: list("Objects that must be healthy before this one is ready.", healthCheckSchema),
    ignore: list("Fields to leave alone.", ignoreSchema),
    ignoreMissingComponents: flag("Whether components that do not exist are skipped."),
    images: list("Images to replace.", imageSchema),
    interval: duration("How often everything is looked at again."),
    kubeConfig: kubeConfigSchema,
    namePrefix: bounded("Put before the name of every object.", 200),
    nameSuffix: bounded("Put behind the name of every object.", 200),
    patches: list("Patches to apply to the build, in this order.", patchSchema),
    path: text("Directory in the source. Default: its root."),
    postBuild: postBuildSchema,
    prune: flag("Whether objects that left the source are deleted."),
    retryInterval: duration("How long to wait after a failure. Default: the interval."),
    serviceAccountName: text("The ServiceAccount whose rights everything is applied with."),
    sourceRef: sourceRefSchema,
    suspend: flag("Whether nothing is to be done for now."),
    targetNamespace: bounded("The namespace of every namespaced object.", 63),
    timeout: duration("How long one attempt may take. Default: the interval less 30 seconds."),
    wait: flag("Whether everything that was applied must become healthy."),
  },
  required: ["interval", "prune", "sourceRef"],
};

const snapshotSchema: JsonSchema = {
  description: "One build result and how it went.",
  type: "object",
  properties: {
    digest: text("Digest of the built manifests."),
    firstReconciled: { description: "When it was first tried.", type: "string", format: "date-time" },
    lastReconciled: { description: "When it was last tried.", type: "string", format: "date-time" },
    lastReconciledDuration: text("How long the last try took."),
    lastReconciledStatus: text("How the last try ended."),
    metadata: strings("Revisions it came from."),
    totalReconciliations: { description: "How often it was tried.", type: "integer", format: "int64" },
  },
  required: [
    "digest",
    "firstReconciled",
    "lastReconciled",
    "lastReconciledDuration",
    "lastReconciledStatus",
    "totalReconciliations",
  ],
};

const inventorySchema: JsonSchema = {
  description: "Every object that was applied.",
  type: "object",
  properties: {
    entries: list("One entry per object.", {
      description: "An applied object.",
      type: "object",
      properties: {
        id: text("Namespace, name, group and kind, joined by underscores."),
        v: text("API version."),
      },
      required: ["id", "v"],
    }),
  },
  required: ["entries"],
};

const statusSchema: JsonSchema = {
  description: "What was done, and how it went.",
  type: "object",
  default: { observedGeneration: -1 },
  properties: {
    conditions: list("Facts about the state.", conditionSchema),
    history: list("The latest build results, newest first.", snapshotSchema),
    inventory: inventorySchema,
    lastAppliedOriginRevision: text("The origin's revision that was last applied with success."),
    lastAppliedRevision: text("The revision that was last applied with success."),
    lastAttemptedRevision: text("The revision that was last tried."),
    lastHandledReconcileAt: text("The last request to reconcile that was handled."),
    observedGeneration: { description: "The generation that was last handled.", type: "integer", format: "int64" },
  },
};

/**
 * The definition of Kustomization, equal in structure to that of kustomize-controller 1.9. `v1beta2` is served because
 * manifests in the field still use it; `patchesStrategicMerge`, `patchesJson6902` and `validation`, which it alone had,
 * are refused as unknown fields by strict validation (kubectl's default).
 */
export const kustomizationCrd: CustomResourceDefinition = defineFluxKind({
  group: kustomizeGroup,
  kind: "Kustomization",
  plural: "kustomizations",
  singular: "kustomization",
  shortNames: ["ks"],
  category: "fluxcd-appliers",
  description: "A directory of a source that is built by kustomize and kept applied.",
  version: "v1",
  olderVersions: ["v1beta2"],
  columns: [ageColumn, ...readyColumns],
  spec: specSchema,
  status: statusSchema,
});
