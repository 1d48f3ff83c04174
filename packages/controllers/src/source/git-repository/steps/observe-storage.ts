import { type Artifact, type GitRepository, SourceReason } from "@sluice/api";
import { messageOf } from "@sluice/errors";
import type { ArtifactOwner, ArtifactStorage } from "@sluice/source";
import type { Reconciliation } from "../../../runtime/index.ts";

/** The object as the storage knows it. */
export function ownerOf(object: GitRepository): ArtifactOwner {
  const { namespace = "", name } = object.metadata;
  return { kind: object.kind, namespace, name };
}

/** The artifact of the status, as far as it still exists. */
export interface ObservedStorage {
  readonly artifact: Artifact | undefined;
  /** The status names one, but its file is gone or is not what it was. */
  readonly hasDisappeared: boolean;
}

/** Old files are a matter of disk space, not of correctness: a failed collection is told and tried again next time. */
async function collectGarbage(
  reconciliation: Reconciliation<GitRepository>,
  storage: ArtifactStorage,
  artifact: Artifact,
): Promise<void> {
  try {
    const removed = await storage.collectGarbage(ownerOf(reconciliation.object), artifact);
    if (removed.length === 0) return;
    const message = `garbage collected ${removed.length} artifacts`;
    reconciliation.event({ type: "Trace", reason: SourceReason.GarbageCollectionSucceeded, message });
  } catch (error) {
    const message = `garbage collection of artifacts failed: ${messageOf(error)}`;
    reconciliation.event({ type: "Warning", reason: SourceReason.GarbageCollectionFailed, message });
  }
}

/**
 * Looks whether the artifact of the status is in the storage, whole, and gives it the address that the server has now.
 * What is not whole is removed.
 */
export async function observeStorage(
  reconciliation: Reconciliation<GitRepository>,
  storage: ArtifactStorage,
): Promise<ObservedStorage> {
  const artifact = reconciliation.object.status?.artifact;
  if (artifact === undefined) return { artifact, hasDisappeared: false };
  await collectGarbage(reconciliation, storage, artifact);
  const state = await storage.verify(artifact);
  if (state === "present") {
    const url = storage.urlOf(artifact.path);
    return { artifact: url === artifact.url ? artifact : { ...artifact, url }, hasDisappeared: false };
  }
  if (state === "corrupt") {
    const message = `failed to verify integrity of artifact: the file does not have the digest ${artifact.digest}`;
    reconciliation.event({ type: "Warning", reason: SourceReason.ArtifactVerificationFailed, message });
    await storage.remove(artifact.path);
  }
  return { artifact: undefined, hasDisappeared: true };
}
