import { numberAt, objectAt, objectsAt, stringAt, valueAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import { type Change, type Decision, statusChange } from "./change.ts";
import { isReady } from "./condition.ts";
import { hashTemplate, podFromTemplate } from "./template.ts";

const revisionLabel = "controller-revision-hash";

const ordinalOf = (pod: KubeObject): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? "-1");

function claimsFor(set: KubeObject, podName: string): { claims: KubeObject[]; volumes: JsonObject[] } {
  const templates = objectsAt(set, "spec", "volumeClaimTemplates");
  const claims = templates.map((template): KubeObject => {
    const name = stringAt(template, "metadata", "name") ?? "";
    return {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: `${name}-${podName}`,
        ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
        labels: { ...(objectAt(set, "spec", "selector", "matchLabels") as { [key: string]: string } | undefined) },
      },
      spec: { ...structuredClone(objectAt(template, "spec")) },
    };
  });
  const volumes = claims.map((claim, index) => ({
    name: stringAt(templates[index], "metadata", "name") ?? "",
    persistentVolumeClaim: { claimName: claim.metadata.name },
  }));
  return { claims, volumes };
}

/** Keeps the numbered pods of a StatefulSet: one after the other unless `podManagementPolicy` is `Parallel`. */
export function decideStatefulSet(
  set: KubeObject,
  pods: readonly KubeObject[],
  hasClaim: (name: string) => boolean,
): Decision {
  if (set.metadata.deletionTimestamp !== undefined) return { changes: [] };
  const replicas = numberAt(set, "spec", "replicas") ?? 1;
  const update = `${set.metadata.name}-${hashTemplate(valueAt(set, "spec", "template"))}`;
  const current = stringAt(set, "status", "currentRevision") ?? update;
  const sorted = [...pods].sort((a, b) => ordinalOf(a) - ordinalOf(b));
  const byOrdinal = new Map(sorted.map((pod) => [ordinalOf(pod), pod]));
  const parallel = stringAt(set, "spec", "podManagementPolicy") === "Parallel";

  const changes: Change[] = [];
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod === undefined) changes.push(...createPod(set, ordinal, { revision: update, hasClaim }));
    if (!parallel && (pod === undefined || !isReady(pod))) break;
  }
  const surplus = sorted.filter((pod) => ordinalOf(pod) >= replicas && pod.metadata.deletionTimestamp === undefined);
  for (const pod of surplus.slice(parallel ? 0 : -1)) changes.push({ verb: "delete", object: pod });
  if (changes.length === 0) changes.push(...roll(set, sorted, { replicas, update }));

  changes.push(...statusChange(set, setStatus(set, { pods: sorted, replicas, current, update })));
  return { changes };
}

function createPod(
  set: KubeObject,
  ordinal: number,
  { revision, hasClaim }: { revision: string; hasClaim: (name: string) => boolean },
): Change[] {
  const name = `${set.metadata.name}-${ordinal}`;
  const { claims, volumes } = claimsFor(set, name);
  const spec: JsonObject = {
    hostname: name,
    ...(set["spec"] !== undefined && stringAt(set, "spec", "serviceName") !== undefined
      ? { subdomain: stringAt(set, "spec", "serviceName") }
      : {}),
  };
  const own = new Set(volumes.map((volume) => volume["name"]));
  const others = objectsAt(set, "spec", "template", "spec", "volumes").filter(
    (volume) => !own.has(stringAt(volume, "name") ?? ""),
  );
  if (volumes.length + others.length > 0) spec["volumes"] = [...others, ...volumes];
  const labels = {
    "apps.kubernetes.io/pod-index": String(ordinal),
    [revisionLabel]: revision,
    "statefulset.kubernetes.io/pod-name": name,
  };
  return [
    ...claims.filter((claim) => !hasClaim(claim.metadata.name)).map((object): Change => ({ verb: "create", object })),
    { verb: "create", object: podFromTemplate(set, { name }, { labels, spec }) },
  ];
}

/** Replaces one outdated pod, the highest first, when all others are ready. */
function roll(
  set: KubeObject,
  pods: readonly KubeObject[],
  { replicas, update }: { replicas: number; update: string },
): Change[] {
  if (stringAt(set, "spec", "updateStrategy", "type") === "OnDelete") return [];
  if (pods.length < replicas || !pods.every((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined)) {
    const stuck = pods.filter((pod) => !isReady(pod) && pod.metadata.labels?.[revisionLabel] !== update);
    return stuck.slice(-1).map((object) => ({ verb: "delete", object }));
  }
  const partition = numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
  const outdated = pods.filter((pod) => ordinalOf(pod) >= partition && pod.metadata.labels?.[revisionLabel] !== update);
  return outdated.slice(-1).map((object) => ({ verb: "delete", object }));
}

function setStatus(
  set: KubeObject,
  {
    pods,
    replicas,
    current,
    update,
  }: { pods: readonly KubeObject[]; replicas: number; current: string; update: string },
): JsonObject {
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ready = alive.filter(isReady).length;
  const updated = alive.filter((pod) => pod.metadata.labels?.[revisionLabel] === update).length;
  const done = updated === replicas && ready === replicas;
  const currentRevision = done ? update : current;
  return {
    availableReplicas: ready,
    collisionCount: 0,
    currentReplicas:
      alive.filter((pod) => pod.metadata.labels?.[revisionLabel] === currentRevision).length || undefined,
    currentRevision,
    observedGeneration: set.metadata.generation ?? 1,
    readyReplicas: ready || undefined,
    replicas: alive.length,
    updateRevision: update,
    updatedReplicas: updated || undefined,
  };
}
