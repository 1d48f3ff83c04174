import type { UnstructuredObject } from "@sluice/api";
import type { ApiClient } from "@sluice/kube";

const MAX_WRITES = 8;
const deploymentKind = { group: "apps", version: "v1", kind: "Deployment" };

/**
 * Stands in for the controller manager, which neither API server has here: tells of every Deployment at once what the
 * real one tells of a Deployment that is scaled to zero. Both engines wait for that, so both wait for the same.
 */
export async function observeDeployments(client: ApiClient, signal: AbortSignal): Promise<void> {
  const writes = new Set<Promise<void>>();
  try {
    for await (const { type, object } of client.watch(deploymentKind, { signal })) {
      if (type !== "ADDED" && type !== "MODIFIED") continue;
      if (observedGeneration(object) === object.metadata.generation) continue;
      const write = markObserved(client, object, signal).finally(() => writes.delete(write));
      writes.add(write);
      if (writes.size >= MAX_WRITES) await Promise.race(writes);
    }
    await Promise.all(writes);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function observedGeneration(object: UnstructuredObject): number | undefined {
  return (object["status"] as { observedGeneration?: number } | undefined)?.observedGeneration;
}

async function markObserved(client: ApiClient, { metadata }: UnstructuredObject, signal: AbortSignal): Promise<void> {
  const { name, namespace = "", generation } = metadata;
  const lastUpdateTime = new Date().toISOString().replace(/\.\d+/, "");
  const shared = { status: "True", lastUpdateTime, lastTransitionTime: lastUpdateTime };
  const conditions = [
    {
      type: "Available",
      reason: "MinimumReplicasAvailable",
      message: "Deployment has minimum availability.",
      ...shared,
    },
    { type: "Progressing", reason: "NewReplicaSetAvailable", message: "ReplicaSet has progressed.", ...shared },
  ];
  const body = { status: { observedGeneration: generation ?? 1, conditions } };
  const options = { subresource: "status", fieldManager: "kube-controller-manager", signal };
  await client.patch(deploymentKind, { namespace, name }, { type: "merge", body }, options);
}
