import { ManagedKey, type Kustomization, type UnstructuredObject } from "@sluice/api";
import {
  ApplyError,
  formatChangeSet,
  isChange,
  type ApplyAllOptions,
  type ChangeSet,
  type ResourceManager,
} from "@sluice/kube";

/** Who this controller is to the API server. */
export const FIELD_MANAGER = "kustomize-controller";

/** What earlier tools leave on objects that a Kustomization takes over. */
const LEFTOVERS = {
  annotations: [
    "kubectl.kubernetes.io/last-applied-configuration",
    "kustomize.toolkit.fluxcd.io/checksum",
    "fluxcd.io/sync-checksum",
  ],
  labels: ["fluxcd.io/sync-gc-mark"],
} as const;

/** What a cluster's operator decides for all Kustomizations. */
export interface ApplyPolicy {
  /** Managers, beside kubectl, whose fields are taken over. */
  readonly overrideManagers: readonly string[];
  /** `group/Kind` to be applied before the rest. */
  readonly customStageKinds: ReadonlySet<string>;
}

/** Applies the objects of a Kustomization. An `ApplyError`'s message tells what had been changed before. */
export async function applyManifests(
  manager: ResourceManager,
  object: Kustomization,
  objects: readonly UnstructuredObject[],
  options: ApplyPolicy & Pick<ApplyAllOptions, "signal" | "fingerprints" | "track">,
): Promise<ChangeSet> {
  const { overrideManagers, customStageKinds, ...rest } = options;
  try {
    return await manager.applyAll(objects, {
      ...rest,
      customStageKinds,
      force: object.spec.force ?? false,
      forceSelector: { [ManagedKey.Force]: "enabled" },
      exclusions: { [ManagedKey.Reconcile]: "disabled", [ManagedKey.ServerSideApply]: "Ignore" },
      ifNotPresent: { [ManagedKey.ServerSideApply]: "IfNotPresent" },
      cleanup: {
        ...LEFTOVERS,
        fieldManagers: [
          { name: "kubectl", operation: "Apply" },
          { name: "kubectl", operation: "Update" },
          { name: "before-first-apply", operation: "Update" },
          { name: FIELD_MANAGER, operation: "Update" },
          ...overrideManagers.flatMap((name) => [
            { name, operation: "Apply" } as const,
            { name, operation: "Update" } as const,
          ]),
        ],
        keep: { [ManagedKey.ServerSideApply]: "Merge" },
      },
    });
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    const changed = error.changeSet.filter(isChange);
    if (changed.length === 0) throw error;
    throw new ApplyError(error.code, `${error.message}\n${formatChangeSet(changed)}`, {
      cause: error.cause,
      changeSet: error.changeSet,
    });
  }
}
