import {
  type Artifact,
  ConditionType,
  EventMetadataKey,
  findCondition,
  FluxReason,
  fluxFinalizer,
  type GitRepository,
  gitRepositoryGvk,
  isConditionTrue,
  SourceConditionType,
  sourceGroup,
  SourceReason,
} from "@sluice/api";
import type { Reconciler, Request, Result } from "@sluice/kube";
import {
  type ArtifactStorage,
  defaultTreeLimits,
  formatRevision,
  type GitClient,
  GitError,
  type GitRemote,
  type GitRevision,
  subjectOfCommit,
  type TreeLimits,
} from "@sluice/source";
import {
  addFinalizer,
  type EventDraft,
  type Fact,
  formatDuration,
  jitter,
  type Outcome,
  type Random,
  Reconciliation,
  type ReconciledKind,
  removeFinalizer,
  type Runtime,
  timestampOf,
} from "../../runtime/index.ts";
import { hasContentConfigChanged, haveIncludesChanged } from "./content-config.ts";
import { failureOf } from "./failures.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { buildArtifact } from "./steps/build-artifact.ts";
import { checkSpec } from "./steps/check-spec.ts";
import { connect } from "./steps/connect.ts";
import { fetchCommit, resolveRevision, whileCheckingOut } from "./steps/fetch-commit.ts";
import { findIncludes } from "./steps/includes.ts";
import { observeStorage, ownerOf } from "./steps/observe-storage.ts";

const { ArtifactInStorage, ArtifactOutdated, FetchFailed, IncludeUnavailable, StorageOperationFailed } =
  SourceConditionType;

/** Name of the controller in events and field managers, as in Flux. */
const controller = "source-controller";

const kind: ReconciledKind = {
  controller,
  readyTellsProgress: true,
  failureConditions: [StorageOperationFailed, FetchFailed, IncludeUnavailable, ArtifactOutdated],
  failureOf,
};

export interface GitRepositoryReconcilerOptions extends Runtime {
  readonly git: GitClient;
  readonly storage: ArtifactStorage;
  /** What may become part of an artifact. */
  readonly limits?: TreeLimits;
  /** Wait for an include that is not ready; its readiness is watched as well. Default 30 s. */
  readonly requeueDependencyMs?: number;
  /** Default 5. */
  readonly intervalJitterPercentage?: number;
  readonly random?: Random;
}

/** What one attempt has found out before it acts. */
interface Observed {
  readonly remote: GitRemote;
  readonly revision: GitRevision;
  readonly includes: readonly Artifact[];
}

function inStorage(revision: string): Fact {
  const message = `stored artifact for revision '${revision}'`;
  return { type: ArtifactInStorage, status: "True", reason: FluxReason.Succeeded, message };
}

/** Whether the last attempt ended with one of the conditions that mean trouble. */
function hadFailed(object: GitRepository): boolean {
  const conditions = object.status?.conditions;
  return [FetchFailed, IncludeUnavailable, StorageOperationFailed].some((type) => findCondition(conditions, type));
}

/** Whether the present artifact is what would be made again. */
function isUpToDate(object: GitRepository, { revision, includes }: Observed): boolean {
  const { artifact } = object.status ?? {};
  return artifact?.revision === formatRevision(revision) && !hasContentConfigChanged(object, includes);
}

/** Gives work the time of `spec.timeout`. Whatever notices first that it is over, the failure is the same. */
async function withinTimeout<T>(
  schedule: Schedule,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(schedule.timeoutMs);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted || error instanceof GitError) throw error;
    throw new GitError("Timeout", `timed out after ${formatDuration(schedule.timeoutMs)}`, { cause: error });
  }
}

/**
 * Keeps the artifact of a GitRepository at what the remote has. Asks the remote for its references first and fetches
 * only when the commit, or what is made of it, has changed. While the remote is away the last artifact stays served.
 */
export class GitRepositoryReconciler implements Reconciler {
  readonly #options: GitRepositoryReconcilerOptions;

  constructor(options: GitRepositoryReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Result> {
    const { client } = this.#options;
    const found = await client.find<GitRepository>(gitRepositoryGvk, request, { signal });
    if (found === undefined) return {};
    if (found.metadata.deletionTimestamp !== undefined) return this.#finalize(found, signal);
    const object = await addFinalizer(client, found, { finalizer: fluxFinalizer, fieldManager: controller, signal });
    if (object.spec.suspend === true) return {};
    return this.#attempt(object, signal);
  }

  async #finalize(object: GitRepository, signal: AbortSignal): Promise<Result> {
    const { client, storage, recorder } = this.#options;
    if (await storage.removeAll(ownerOf(object))) {
      const message = "garbage collected artifacts for deleted resource";
      recorder.event(object, { type: "Trace", reason: SourceReason.GarbageCollectionSucceeded, message });
    }
    await removeFinalizer(client, object, { finalizer: fluxFinalizer, fieldManager: controller, signal });
    return {};
  }

  async #attempt(object: GitRepository, signal: AbortSignal): Promise<Result> {
    const { requeueDependencyMs = 30_000 } = this.#options;
    const reconciliation = new Reconciliation(object, { kind, runtime: this.#options, signal });
    try {
      const schedule = scheduleOf(object.spec);
      await this.#announce(reconciliation);
      return await reconciliation.finish(await this.#bringUpToDate(reconciliation, schedule, signal));
    } catch (error) {
      return reconciliation.finish({ kind: "failed", error, retryAfterMs: 0, waitAfterMs: requeueDependencyMs });
    }
  }

  /** Says that work begins. A generation that has failed before keeps its verdict until there is another one. */
  async #announce(reconciliation: Reconciliation<GitRepository>): Promise<void> {
    const { metadata, status } = reconciliation.object;
    const ready = findCondition(status?.conditions, ConditionType.Ready);
    if (ready?.status === "False" && ready.observedGeneration === metadata.generation) return;
    const { observedGeneration = -1 } = status ?? {};
    const isNew = observedGeneration !== metadata.generation;
    await reconciliation.progress(
      isNew
        ? `processing object: new generation ${observedGeneration} -> ${metadata.generation ?? 0}`
        : "reconciliation in progress",
    );
  }

  async #bringUpToDate(
    reconciliation: Reconciliation<GitRepository>,
    schedule: Schedule,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { intervalJitterPercentage = 5, random = Math.random } = this.#options;
    const before = reconciliation.object;
    checkSpec(before.spec);
    await this.#observeArtifact(reconciliation);
    const { revision, subject } = await withinTimeout(schedule, signal, async (limited) => {
      const observed = await this.#observeSources(reconciliation, limited);
      const isNoop =
        isUpToDate(reconciliation.object, observed) && isConditionTrue(before.status?.conditions, ArtifactInStorage);
      return {
        revision: formatRevision(observed.revision),
        subject: isNoop ? undefined : await this.#store(reconciliation, observed, limited),
      };
    });
    const { artifact } = reconciliation.object.status ?? {};
    const fact = inStorage(revision);
    const event = artifact && this.#eventFor(before, artifact, subject);
    return {
      kind: "succeeded",
      reason: FluxReason.Succeeded,
      message: fact.message,
      facts: [fact],
      ...(event !== undefined && { event }),
      requeueAfterMs: jitter(schedule.intervalMs, intervalJitterPercentage, random),
    };
  }

  /** Drops an artifact that the storage does not have any more, and refreshes the address of one that it has. */
  async #observeArtifact(reconciliation: Reconciliation<GitRepository>): Promise<void> {
    const { artifact, hasDisappeared } = await observeStorage(reconciliation, this.#options.storage);
    reconciliation.record({ artifact });
    if (artifact !== undefined) return;
    reconciliation.retract(ArtifactInStorage);
    if (!hasDisappeared) return;
    reconciliation.markDrifted();
    await reconciliation.progress("building artifact: disappeared from storage");
  }

  async #observeSources(reconciliation: Reconciliation<GitRepository>, signal: AbortSignal): Promise<Observed> {
    const { client, git } = this.#options;
    const { object } = reconciliation;
    const remote = await connect(client, git, object, signal);
    const includes = await findIncludes(client, object, signal);
    reconciliation.retract(IncludeUnavailable);
    const revision = await resolveRevision(git, remote, object.spec, signal);
    return { remote, revision, includes };
  }

  /** Fetches, packs and stores. Returns the subject of the commit. */
  async #store(
    reconciliation: Reconciliation<GitRepository>,
    observed: Observed,
    signal: AbortSignal,
  ): Promise<string> {
    const { git, storage, clock, limits = defaultTreeLimits } = this.#options;
    const { remote, revision, includes } = observed;
    const { spec } = reconciliation.object;
    await this.#announceChange(reconciliation, observed);
    const commit = await fetchCommit(git, remote, revision, { spec, signal });
    const input = { object: reconciliation.object, remote, commit: commit.oid, includes };
    const stored = await whileCheckingOut(() => buildArtifact(input, { git, storage, limits, signal }));
    reconciliation.retract(FetchFailed, StorageOperationFailed);
    reconciliation.record({
      artifact: { ...stored, revision: formatRevision(revision), lastUpdateTime: timestampOf(clock) },
      includedArtifacts: includes.length === 0 ? undefined : includes,
      observedIgnore: spec.ignore,
      observedRecurseSubmodules: spec.recurseSubmodules,
      observedInclude: spec.include,
      observedSparseCheckout: spec.sparseCheckout,
    });
    return subjectOfCommit(commit);
  }

  async #announceChange(reconciliation: Reconciliation<GitRepository>, observed: Observed): Promise<void> {
    const { status } = reconciliation.object;
    const revision = formatRevision(observed.revision);
    const outdated = (reason: string, message: string): void => {
      if (status?.artifact === undefined) return;
      reconciliation.establish({ type: ArtifactOutdated, status: "True", reason, message });
    };
    let message = "configuration has changed";
    if (status?.artifact?.revision !== revision) {
      message = `new upstream revision '${revision}'`;
      outdated(SourceReason.NewRevision, message);
    } else if (haveIncludesChanged(observed.includes, status.includedArtifacts)) {
      message = "included artifacts differ from last observed includes";
      outdated(SourceReason.IncludeChange, message);
    }
    reconciliation.markDrifted();
    await reconciliation.progress(`building artifact: ${message}`);
  }

  /** New content is news; so is being back after a failure. */
  #eventFor(before: GitRepository, artifact: Artifact, subject: string | undefined): EventDraft | undefined {
    const isNew = before.status?.artifact?.digest !== artifact.digest;
    if (!isNew && !hadFailed(before)) return undefined;
    return {
      type: "Normal",
      reason: isNew ? SourceReason.NewArtifact : FluxReason.Succeeded,
      message: `stored artifact for commit '${subject ?? artifact.revision}'`,
      metadata: {
        [`${sourceGroup}/${EventMetadataKey.Revision}`]: artifact.revision,
        [`${sourceGroup}/${EventMetadataKey.Digest}`]: artifact.digest,
      },
    };
  }
}
