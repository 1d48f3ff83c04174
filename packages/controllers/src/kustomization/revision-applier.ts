import {
  ConditionType,
  formatApiVersion,
  formatKey,
  isConditionTrue,
  keyOf,
  OwnerLabel,
  type Kustomization,
  type ObjectKey,
} from "@sluice/api";
import {
  Fingerprints,
  formatChangeSet,
  formatSubject,
  inventoryOf,
  isChange,
  isSameInventory,
  mergeInventories,
  reconcileLogger,
  ResourceManager,
  subtractInventory,
  type ChangeSet,
  type ObjectReference,
} from "@sluice/kube";
import { ParseCache } from "@sluice/kustomize";
import { formatDuration, hasPendingRequest, type Reconciliation } from "../runtime/index.ts";
import { loadDecryptionKeys } from "./decryption/decryption-keys.ts";
import { Decryptor } from "./decryption/decryptor.ts";
import { progressEvent } from "./event-drafts.ts";
import { failureOf } from "./failures.ts";
import { enterHistory } from "./history.ts";
import type { AppliedState } from "./pending-health.ts";
import type { KustomizationReconcilerOptions } from "./reconciler-options.ts";
import type { Schedule } from "./schedule.ts";
import { applyManifests, FIELD_MANAGER } from "./steps/apply.ts";
import { buildManifests, type BuildResult } from "./steps/build.ts";
import { loadVariables } from "./steps/load-variables.ts";
import type { ObservedSource } from "./steps/observe-source.ts";
import { pruneStale } from "./steps/prune.ts";
import { targetClusterOf, type TargetCluster } from "./target-cluster.ts";

/** What came of applying a revision, for whoever looks at its health. */
export interface AppliedRevision {
  readonly state: AppliedState;
  readonly target: TargetCluster;
  readonly built: BuildResult;
  readonly changeSet: ChangeSet;
}

/** Brings a revision from its artifact into the cluster: fetch, build, apply, prune. */
export class RevisionApplier {
  readonly #options: KustomizationReconcilerOptions;
  readonly #fingerprints = new Map<string, Fingerprints>();
  /** Kustomizations of one repository share bases. */
  readonly #parseCache = new ParseCache();

  constructor(options: KustomizationReconcilerOptions) {
    this.#options = options;
  }

  /** Applies the source's artifact. Whatever fails after the build is entered into the history. */
  async apply(
    reconciliation: Reconciliation<Kustomization>,
    source: ObservedSource,
    { schedule, signal }: { readonly schedule: Schedule; readonly signal: AbortSignal },
  ): Promise<AppliedRevision> {
    const { object, wasReady } = reconciliation;
    const { revision } = source;
    const { clock, artifacts, client } = this.#options;
    const startedAtMs = clock.now();
    const isNewRevision = object.status?.lastAppliedRevision !== revision;
    const suffix = `for revision ${revision} with a timeout of ${formatDuration(schedule.timeoutMs)}`;

    if (isNewRevision) reconciliation.markDrifted();
    await reconciliation.progress(`Fetching manifests ${suffix}`);
    const files = await artifacts.get(source.artifact, signal);
    reconciliation.record({ lastAttemptedRevision: revision });
    await reconciliation.progress(`Building manifests ${suffix}`);
    const target = targetClusterOf(object, { client, ...this.#options.policy });
    const variables = await loadVariables(object, client, signal);
    const { sopsAgeSecret } = this.#options.policy;
    const keys = await loadDecryptionKeys(object, { client, clock, signal, sopsAgeSecret });
    const decryptor = keys === undefined ? undefined : new Decryptor(keys, signal);
    const built = await buildManifests(files, object, { variables, parseCache: this.#parseCache, decryptor });
    await reconciliation.progress(`Detecting drift ${suffix}`);
    try {
      const changeSet = await this.#write(reconciliation, target, { built, source, signal });
      const state: AppliedState = {
        source,
        digest: built.digest,
        startedAtMs,
        hasChanged: changeSet.some(isChange),
        wasReady,
        wasHealthy: isConditionTrue(object.status?.conditions, ConditionType.Healthy),
        isNewRevision,
        isRequested: hasPendingRequest(object),
      };
      return { state, target, built, changeSet };
    } catch (error) {
      decryptor?.maskError(error);
      const status = failureOf(error).reason;
      enterHistory(reconciliation, source, { digest: built.digest, startedAtMs, nowMs: clock.now(), status });
      throw error;
    }
  }

  /** Who applies and deletes the objects of a Kustomization. */
  managerFor(object: Kustomization, { client }: TargetCluster): ResourceManager {
    const { name, namespace = "" } = object.metadata;
    return new ResourceManager(client, {
      owner: { fieldManager: FIELD_MANAGER, labels: { [OwnerLabel.Name]: name, [OwnerLabel.Namespace]: namespace } },
      clock: this.#options.clock,
      concurrency: this.#options.policy.concurrentApplies,
    });
  }

  /** Nothing of this Kustomization is applied any more. */
  forget(key: ObjectKey): void {
    this.#options.drift?.forget(key);
    const prefix = `${formatKey(key)} `;
    for (const id of this.#fingerprints.keys()) if (id.startsWith(prefix)) this.#fingerprints.delete(id);
  }

  /** Applies and prunes. The inventory is on record before anything is created, and until everything stale is gone. */
  async #write(
    reconciliation: Reconciliation<Kustomization>,
    target: TargetCluster,
    { built, source, signal }: { built: BuildResult; source: ObservedSource; signal: AbortSignal },
  ): Promise<ChangeSet> {
    const { object } = reconciliation;
    const manager = this.managerFor(object, target);
    let entries = object.status?.inventory?.entries ?? [];
    const track = async (created: readonly ObjectReference[]): Promise<void> => {
      const union = mergeInventories(entries, inventoryOf(created));
      if (isSameInventory(union, entries)) return;
      entries = union;
      reconciliation.record({ inventory: { entries } });
      await reconciliation.flush();
    };
    const tell = (done: string, changes: ChangeSet): void => {
      if (changes.length === 0) return;
      const output = Object.fromEntries(changes.map((entry) => [formatSubject(entry), entry.action]));
      reconcileLogger().info(`${done} completed`, { revision: source.revision, output });
      reconciliation.event(progressEvent(formatChangeSet(changes), source));
    };

    const fingerprints = this.#fingerprintsOf(object);
    const { policy } = this.#options;
    const options = { ...policy, fingerprints, track, signal };
    const changeSet = await applyManifests(manager, object, built.objects, options);
    tell("server-side apply", changeSet.filter(isChange));
    const kinds = new Map(changeSet.map(({ gvk }) => [`${formatApiVersion(gvk)} ${gvk.kind}`, gvk]));
    this.#options.drift?.follow(keyOf(object), { kinds: [...kinds.values()], fingerprints });

    const applied = inventoryOf(changeSet);
    const stale = subtractInventory(entries, applied);
    if (!object.spec.prune || stale.length === 0) {
      reconciliation.record({ inventory: { entries: applied } });
      return changeSet;
    }
    const pruned = await pruneStale(manager, stale, signal);
    reconciliation.record({ inventory: { entries: mergeInventories(applied, pruned.survivors) } });
    tell("garbage collection", pruned.changeSet);
    if (pruned.error !== undefined) throw pruned.error;
    return [...changeSet, ...pruned.changeSet];
  }

  #fingerprintsOf(object: Kustomization): Fingerprints {
    // By uid: an object made anew under the same name has applied nothing yet. By account: rights may differ.
    const id = [formatKey(keyOf(object)), object.metadata.uid, object.spec.serviceAccountName].join(" ");
    const known = this.#fingerprints.get(id) ?? new Fingerprints();
    this.#fingerprints.set(id, known);
    return known;
  }
}
