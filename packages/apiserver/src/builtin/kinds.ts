import { customResourceDefinitionStrategy } from "../crd/crd-strategy.ts";
import { namespaceStrategy } from "../namespace/namespace-strategy.ts";
import { daemonSetStrategy, deploymentStrategy, replicaSetStrategy, statefulSetStrategy } from "./apps.ts";
import { cronJobStrategy, jobStrategy } from "./batch.ts";
import {
  configMapStrategy,
  endpointsStrategy,
  endpointSliceStrategy,
  eventStrategy,
  leaseStrategy,
  limitRangeStrategy,
  mutatingWebhooksStrategy,
  nodeStrategy,
  persistentVolumeClaimStrategy,
  persistentVolumeStrategy,
  priorityClassStrategy,
  resourceQuotaStrategy,
  secretStrategy,
  storageClassStrategy,
  validatingWebhooksStrategy,
} from "./core.ts";
import { ingressStrategy, networkPolicyStrategy } from "./networking.ts";
import { podStrategy, podTemplateStrategy } from "./pods.ts";
import { autoscalerStrategy, disruptionBudgetStrategy } from "./policy.ts";
import { bindingStrategy, roleStrategy } from "./rbac.ts";
import { serviceStrategy } from "./services.ts";
import type { StrategyOverrides } from "./strategy.ts";

const rbac = "rbac.authorization.k8s.io";
const admission = "admissionregistration.k8s.io";

/** The strategies of built-in kinds by `group/Kind`; kinds that are not here have none of their own. */
export const kindStrategies: ReadonlyMap<string, StrategyOverrides> = new Map<string, StrategyOverrides>([
  ["/ConfigMap", configMapStrategy],
  ["/Endpoints", endpointsStrategy],
  ["/Event", eventStrategy],
  ["/LimitRange", limitRangeStrategy],
  ["/Namespace", namespaceStrategy],
  ["/Node", nodeStrategy],
  ["/PersistentVolume", persistentVolumeStrategy],
  ["/PersistentVolumeClaim", persistentVolumeClaimStrategy],
  ["/Pod", podStrategy],
  ["/PodTemplate", podTemplateStrategy],
  ["/ResourceQuota", resourceQuotaStrategy],
  ["/Secret", secretStrategy],
  ["/Service", serviceStrategy],
  ["apps/DaemonSet", daemonSetStrategy],
  ["apps/Deployment", deploymentStrategy],
  ["apps/ReplicaSet", replicaSetStrategy],
  ["apps/StatefulSet", statefulSetStrategy],
  ["autoscaling/HorizontalPodAutoscaler", autoscalerStrategy],
  ["batch/CronJob", cronJobStrategy],
  ["batch/Job", jobStrategy],
  ["coordination.k8s.io/Lease", leaseStrategy],
  ["discovery.k8s.io/EndpointSlice", endpointSliceStrategy],
  ["events.k8s.io/Event", eventStrategy],
  ["networking.k8s.io/Ingress", ingressStrategy],
  ["networking.k8s.io/NetworkPolicy", networkPolicyStrategy],
  ["policy/PodDisruptionBudget", disruptionBudgetStrategy],
  ["scheduling.k8s.io/PriorityClass", priorityClassStrategy],
  ["storage.k8s.io/StorageClass", storageClassStrategy],
  ["apiextensions.k8s.io/CustomResourceDefinition", customResourceDefinitionStrategy],
  [`${admission}/MutatingWebhookConfiguration`, mutatingWebhooksStrategy],
  [`${admission}/ValidatingWebhookConfiguration`, validatingWebhooksStrategy],
  [`${rbac}/ClusterRole`, roleStrategy],
  [`${rbac}/ClusterRoleBinding`, bindingStrategy],
  [`${rbac}/Role`, roleStrategy],
  [`${rbac}/RoleBinding`, bindingStrategy],
]);
