import {
  findKubernetesType,
  formatApiVersion,
  isStableVersion,
  kubernetesDefinitions,
  kubernetesGroups,
  kubernetesResources,
  toGoForm,
  type KubernetesResource,
} from "@sluice/api";
import { typeSchemaFromDefinitions, type TypeSchema } from "@sluice/patch";
import type { KubeObject, ObjectMetadata } from "../json/object.ts";
import type { ObjectSchema } from "../registry/object-schema.ts";
import { resourceKey, type ResourceDefinition, type ResourceVersion } from "../registry/resource-definition.ts";
import { columnsOf } from "../table/builtin-columns.ts";
import { conversionOf } from "./conversions.ts";
import { kindStrategies } from "./kinds.ts";
import { selectableFieldsOf } from "./selectable-fields.ts";
import { createStrategy } from "./strategy.ts";
import { decodeTyped } from "./typed-decoder.ts";

/** Events are one thing with two faces: the older group stores them. */
const sharedCollections: Readonly<Record<string, { collection: string; storageApiVersion: string }>> = {
  "events.k8s.io/events": { collection: "/events", storageApiVersion: "v1" },
};

/** Kinds whose metadata.generation counts changes. */
const kindsWithGeneration = new Set([
  "Pod",
  "ReplicationController",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Ingress",
  "IngressClass",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "CustomResourceDefinition",
  "PriorityClass",
  "EndpointSlice",
  "FlowSchema",
  "PriorityLevelConfiguration",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "ResourceSlice",
  "ResourceClaim",
]);

/** Core kinds whose deletion answers with the object. */
const kindsAnsweredWhenDeleted = new Set([
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "PodTemplate",
  "ResourceQuota",
  "Service",
  "ServiceAccount",
]);

/** Kinds whose updates must say which revision they are made from. */
const kindsUpdatedByRevision = new Set([
  "ClusterTrustBundle",
  "CSIDriver",
  "CSINode",
  "CSIStorageCapacity",
  "Lease",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "PodDisruptionBudget",
  "RuntimeClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/** Every built-in resource in its stable versions, as a real server serves them by default, in discovery order. */
export function builtinResources(): ResourceDefinition[] {
  const byKey = new Map<string, KubernetesResource[]>();
  for (const resource of kubernetesResources) {
    if (!isStableVersion(resource.version)) continue;
    const key = resourceKey(resource.group, resource.plural);
    byKey.set(key, [...(byKey.get(key) ?? []), resource]);
  }
  return [...byKey.values()].map(createDefinition);
}

function createDefinition(served: readonly KubernetesResource[]): ResourceDefinition {
  const versionOrder = kubernetesGroups.find(({ name }) => name === served[0]?.group)?.versions ?? [];
  const ordered = served.toSorted((a, b) => versionOrder.indexOf(a.version) - versionOrder.indexOf(b.version));
  const [preferred] = ordered;
  if (preferred === undefined) throw new TypeError("a resource without versions");
  const key = resourceKey(preferred.group, preferred.plural);
  const shared = sharedCollections[key];
  const storageApiVersion = shared?.storageApiVersion ?? formatApiVersion(preferred);
  return {
    group: preferred.group,
    resource: preferred.plural,
    singular: preferred.singular,
    kind: preferred.kind,
    listKind: `${preferred.kind}List`,
    namespaced: preferred.namespaced,
    shortNames: preferred.shortNames ?? [],
    categories: preferred.categories ?? [],
    collection: shared?.collection ?? key,
    storageApiVersion,
    versions: new Map(ordered.map((resource) => [resource.version, createVersion(resource, storageApiVersion)])),
    stored: preferred.verbs.includes("list"),
    custom: false,
    ...(preferred.storageVersionHash === undefined ? {} : { storageVersionHash: preferred.storageVersionHash }),
  };
}

const endpointsWarning = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

function createVersion(resource: KubernetesResource, storageApiVersion: string): ResourceVersion {
  const { group, kind } = resource;
  const apiVersion = formatApiVersion(resource);
  return {
    version: resource.version,
    apiVersion,
    verbs: resource.verbs,
    subresources: resource.subresources,
    schema: builtinSchema(resource),
    strategy: createStrategy({
      hasStatus: resource.subresources.some(({ name }) => name === "status"),
      hasGeneration: kindsWithGeneration.has(kind),
      allowUnconditionalUpdate: !kindsUpdatedByRevision.has(kind),
      answersWithDeleted: group === "" && kindsAnsweredWhenDeleted.has(kind),
      ...kindStrategies.get(`${group}/${kind}`),
    }),
    columns: columnsOf(group, kind),
    selectableFields: selectableFieldsOf(group, kind),
    ...(apiVersion === "v1" && kind === "Endpoints" ? { deprecationWarning: endpointsWarning } : {}),
    ...conversionOf(storageApiVersion, apiVersion, kind),
  };
}

type Encodable = Parameters<typeof toGoForm>[1];

/** The type of a built-in kind, made when it is first needed: most kinds never are. */
function builtinSchema(resource: KubernetesResource): ObjectSchema {
  const name = findKubernetesType(resource)?.name;
  let type: TypeSchema | undefined;
  let zero: KubeObject | undefined;
  const { kind } = resource;
  return {
    get zero(): KubeObject {
      if (zero === undefined) {
        zero = { apiVersion: formatApiVersion(resource), kind, metadata: {} as ObjectMetadata };
        if (name !== undefined) decodeTyped(name, zero, resource, { strict: [] });
      }
      return zero;
    },
    get type(): TypeSchema | undefined {
      if (name !== undefined) type ??= typeSchemaFromDefinitions(kubernetesDefinitions, name);
      return type;
    },
    // Objects to be stored hold no `undefined`, which only our type for them allows.
    encode: (object) => toGoForm(resource, object as unknown as Encodable) as unknown as KubeObject,
    decode: (object, findings) => {
      if (name !== undefined) decodeTyped(name, object, resource, findings);
    },
  };
}
