import type { ObjectKey } from "@sluice/api";
import type { Random, Runtime } from "../runtime/index.ts";
import type { ArtifactFiles } from "./artifact-files.ts";
import type { DependencyWaits } from "./dependency-waits.ts";
import type { DriftWatcher } from "./drift-watcher.ts";
import type { HealthWatcher } from "./health-watcher.ts";
import type { ApplyPolicy } from "./steps/apply.ts";

/** What a cluster's operator decides for all Kustomizations, by flags. */
export interface KustomizationPolicy extends ApplyPolicy {
  readonly noCrossNamespaceRefs: boolean;
  readonly allowExternalArtifact: boolean;
  readonly defaultServiceAccount: string;
  /** The Secret with age identities for Kustomizations that ask for decryption and name none. */
  readonly sopsAgeSecret?: ObjectKey;
  /** How long until a missing dependency or artifact is looked for again if no watch tells before. */
  readonly requeueDependencyMs: number;
  /** ± per cent of the interval. */
  readonly jitterPercentage: number;
  /** Requests under way at once, per Kustomization. */
  readonly concurrentApplies: number;
}

export interface KustomizationReconcilerOptions extends Runtime {
  readonly random: Random;
  readonly artifacts: ArtifactFiles;
  readonly health: HealthWatcher;
  readonly dependencyWaits: DependencyWaits;
  /** Absent: drift is noticed only by looking, once per interval. */
  readonly drift?: DriftWatcher;
  readonly policy: KustomizationPolicy;
}
