import { ConditionType, FluxReason, findCondition, type Kustomization, type KubernetesObject } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import {
  formatChangeSet,
  formatSubject,
  isNoMatch,
  objectsOf,
  type ChangeSet,
  type Client,
  type ObjectReference,
  type ResourceManager,
} from "@sluice/kube";
import type { EventDraft } from "../../runtime/index.ts";
import type { TargetCluster } from "../target-cluster.ts";
import { pruneStale } from "./prune.ts";

/** How far the end of a Kustomization is. */
export type Finalization =
  | { readonly kind: "done" }
  | { readonly kind: "terminating"; readonly left: readonly string[] };

/** Whether the applied objects go with the Kustomization. A suspended one is left alone entirely. */
export function shouldDeleteObjects(object: Kustomization): boolean {
  const { suspend, prune, deletionPolicy } = object.spec;
  if (suspend === true || (object.status?.inventory?.entries.length ?? 0) === 0) return false;
  switch (deletionPolicy ?? "MirrorPrune") {
    case "MirrorPrune":
      return prune;
    case "Delete":
    case "WaitForTermination":
      return true;
    case "Orphan":
      return false;
  }
}

/**
 * Deletes what a Kustomization has applied, as its policy says. Where the account that it was applied with is gone,
 * the objects stay: nobody is left with the right to delete them, and deletion must not be blocked for ever.
 * Throws `ApplyError` when some objects could not be deleted.
 */
export async function deleteObjects(
  object: Kustomization,
  context: {
    readonly client: Client;
    readonly target: TargetCluster;
    readonly manager: ResourceManager;
    readonly signal: AbortSignal;
    readonly event: (draft: EventDraft) => void;
  },
): Promise<Finalization> {
  if (!shouldDeleteObjects(object)) return { kind: "done" };
  const { event, signal } = context;
  const entries = object.status?.inventory?.entries ?? [];
  const reason = findCondition(object.status?.conditions, ConditionType.Ready)?.reason ?? FluxReason.Progressing;
  if (!(await canImpersonate(context.client, context.target, signal))) {
    const subjects = objectsOf(entries).map(formatSubject).join("\n");
    event({ type: "Warning", reason, message: `unable to prune objects: \n${subjects}` });
    return { kind: "done" };
  }
  const { changeSet, error } = await pruneStale(context.manager, entries, signal);
  if (error !== undefined) {
    event({ type: "Warning", reason, message: `pruning for deleted resource failed: ${messageOf(error)}` });
    throw error;
  }
  const left =
    object.spec.deletionPolicy === "WaitForTermination"
      ? await stillThere(context.target.client, changeSet, signal)
      : [];
  if (left.length > 0) return { kind: "terminating", left };
  if (changeSet.length > 0) event({ type: "Normal", reason, message: formatChangeSet(changeSet) });
  return { kind: "done" };
}

async function canImpersonate(
  client: Client,
  { serviceAccount }: TargetCluster,
  signal: AbortSignal,
): Promise<boolean> {
  if (serviceAccount === undefined) return true;
  const gvk = { group: "", version: "v1", kind: "ServiceAccount" };
  return (await client.find(gvk, serviceAccount, { metadataOnly: true, signal })) !== undefined;
}

async function stillThere(client: Client, changeSet: ChangeSet, signal: AbortSignal): Promise<string[]> {
  const deleted = changeSet.filter(({ action }) => action === "deleted");
  const found = await Promise.all(deleted.map(async (each) => ((await exists(client, each, signal)) ? [each] : [])));
  return found.flat().map(formatSubject);
}

async function exists(client: Client, { gvk, key }: ObjectReference, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.find<KubernetesObject>(gvk, key, { metadataOnly: true, signal })) !== undefined;
  } catch (error) {
    if (isNoMatch(error)) return false;
    throw error;
  }
}
