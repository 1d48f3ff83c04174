import {
  formatKey,
  keyOf,
  kustomizationGvk,
  parseApiVersion,
  type Kustomization,
  type NamespacedObjectKindReference,
  type UnstructuredObject,
} from "@sluice/api";
import {
  isNoMatch,
  referenceOf,
  formatObjectId,
  type ChangeSet,
  type Client,
  type ObjectReference,
} from "@sluice/kube";
import type { HealthSubject } from "../health-watcher.ts";

/** Kinds that are healthy by being there: what was applied needs no watch. */
const PASSIVE: ReadonlySet<string> = new Set([
  "/ConfigMap",
  "/LimitRange",
  "/Secret",
  "/ServiceAccount",
  "batch/CronJob",
  "networking.k8s.io/Ingress",
  "networking.k8s.io/IngressClass",
  "networking.k8s.io/NetworkPolicy",
  "policy/PodDisruptionBudget",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/StorageClass",
]);

/**
 * The objects whose health decides about a Kustomization: everything it has applied with `wait`, else those that
 * `healthChecks` names. The Kustomization itself is not among them: it would wait for itself.
 */
export async function healthSubjectsOf(
  object: Kustomization,
  applied: { readonly changeSet: ChangeSet; readonly objects: readonly UnstructuredObject[] },
  client: Client,
): Promise<HealthSubject[]> {
  const written = new Map(applied.changeSet.map((entry) => [formatObjectId(entry), entry]));
  const vanishing = new Set(applied.objects.filter(removesItself).map((each) => formatObjectId(referenceOf(each))));
  const references =
    object.spec.wait === true
      ? applied.changeSet.filter((entry) => entry.action !== "skipped" && !isPassive(entry))
      : await Promise.all((object.spec.healthChecks ?? []).map((each) => resolveReference(each, object, client)));
  return references
    .filter((reference) => !isSelf(reference, object))
    .map(({ gvk, key }) => {
      const id = formatObjectId({ gvk, key });
      const resourceVersion = written.get(id)?.resourceVersion;
      return {
        gvk,
        key,
        ...(resourceVersion !== undefined && { minResourceVersion: resourceVersion }),
        ...(vanishing.has(id) && { mayVanish: true }),
      };
    });
}

function isPassive({ gvk }: ObjectReference): boolean {
  return PASSIVE.has(`${gvk.group}/${gvk.kind}`);
}

function isSelf({ gvk, key }: ObjectReference, object: Kustomization): boolean {
  const { group, kind } = kustomizationGvk;
  return gvk.group === group && gvk.kind === kind && formatKey(key) === formatKey(keyOf(object));
}

function removesItself(object: UnstructuredObject): boolean {
  if (object.kind !== "Job" || object.apiVersion !== "batch/v1") return false;
  const spec = object["spec"] as { readonly ttlSecondsAfterFinished?: unknown } | undefined;
  return spec?.ttlSecondsAfterFinished !== undefined;
}

/** A health check may leave out the API version (`apps/v1`) and, for namespaced kinds, the namespace (our own). */
async function resolveReference(
  check: NamespacedObjectKindReference,
  object: Kustomization,
  client: Client,
): Promise<ObjectReference> {
  const gvk = { ...parseApiVersion(check.apiVersion ?? "apps/v1"), kind: check.kind };
  const { name, namespace } = check;
  if (namespace !== undefined && namespace !== "") return { gvk, key: { namespace, name } };
  const isNamespaced = await client.restMapper.mappingFor(gvk).then(
    (mapping) => mapping.namespaced,
    (error: unknown) => {
      // A kind that is not there yet may come; until the timeout its objects are simply not found.
      if (isNoMatch(error)) return true;
      throw error;
    },
  );
  const own = object.metadata.namespace;
  return { gvk, key: isNamespaced && own !== undefined ? { namespace: own, name } : { name } };
}
