import {
  findCondition,
  ConditionType,
  keyOf,
  kustomizationGvk,
  sourceGroup,
  type Artifact,
  type GroupVersionKind,
  type Kustomization,
  type KubernetesObject,
  type KustomizationSourceKind,
  type ObjectKey,
} from "@sluice/api";
import { Controller, isNoMatch, type Informer, type Manager, type Runnable } from "@sluice/kube";
import { fetchArtifact, type FetchArtifactOptions } from "@sluice/source";
import { isWorthReconciling, type EventRecorder, type Random } from "../runtime/index.ts";
import { ArtifactFiles, type FetchArtifact } from "./artifact-files.ts";
import { inDependencyOrder } from "./dependencies.ts";
import { DependencyWaits } from "./dependency-waits.ts";
import { HealthWatcher } from "./health-watcher.ts";
import { KustomizationReconciler, type KustomizationPolicy } from "./kustomization-reconciler.ts";
import { formatSource, sourceOf } from "./source-reference.ts";
import type { SourceObject } from "./steps/observe-source.ts";

export interface KustomizationControllerOptions {
  readonly manager: Manager;
  readonly recorder: EventRecorder;
  readonly policy: KustomizationPolicy;
  /** Kustomizations reconciled at the same time. */
  readonly concurrency: number;
  readonly random: Random;
  readonly fetchArtifact?: FetchArtifact;
  readonly fetchOptions?: FetchArtifactOptions;
}

const SOURCE_KINDS: readonly KustomizationSourceKind[] = [
  "GitRepository",
  "OCIRepository",
  "Bucket",
  "ExternalArtifact",
];
const BY_SOURCE = "source";

/**
 * Adds the Kustomization controller to a manager. Besides the objects themselves it watches their sources (a new
 * artifact is applied at once, in dependency order), and each other (whoever waits for a dependency goes on as soon
 * as that is ready).
 */
export async function addKustomizationController(options: KustomizationControllerOptions): Promise<void> {
  const { manager, policy } = options;
  const { client, clock } = manager;
  const logger = manager.logger.with({ controllerGroup: kustomizationGvk.group });
  const kustomizations = manager.cache.informerFor<Kustomization>(kustomizationGvk);
  kustomizations.addIndex(BY_SOURCE, sourcesOf);
  const dependencyWaits = new DependencyWaits();
  const health = new HealthWatcher({ clock, logger, onVerdict: (key) => controller.enqueue(key) });
  const reconciler = new KustomizationReconciler({
    client,
    clock,
    recorder: options.recorder,
    random: options.random,
    artifacts: new ArtifactFiles(options.fetchArtifact ?? fetchArtifact, options.fetchOptions ?? {}),
    health,
    dependencyWaits,
    policy,
  });
  const controller = new Controller({
    name: "kustomization",
    kind: kustomizationGvk.kind,
    reconciler,
    concurrency: options.concurrency,
    clock,
    logger,
  });
  controller.watch(kustomizations, { requestsFor: (object) => [keyOf(object)] }, { update: isWorthReconciling });
  controller.watch(
    kustomizations,
    { requestsFor: (object) => dependencyWaits.waitersFor(keyOf(object)) },
    { update: hasAdvanced },
  );
  for (const gvk of await servedSources(manager)) {
    const sources = manager.cache.informerFor<SourceObject>(gvk);
    controller.watch(
      sources,
      { requestsFor: (source) => dependants(kustomizations, gvk, source) },
      { create: hasArtifact, update: hasNewArtifact, delete: () => false },
    );
  }
  manager.add(controller);
  const healthWatches: Runnable = { name: "health watches", run: (signal) => health.run(signal) };
  manager.add(healthWatches);
}

/** Stored objects may be older than their schema: one without a source must not break the index for all. */
function sourcesOf(object: Kustomization): string[] {
  const spec: Partial<Kustomization["spec"]> | undefined = object.spec;
  return spec?.sourceRef === undefined ? [] : [formatSource(sourceOf(object))];
}

/** Sources that this server knows; a kind whose definition is missing cannot be watched, or named. */
async function servedSources({ client }: Manager): Promise<GroupVersionKind[]> {
  const served: GroupVersionKind[] = [];
  for (const kind of SOURCE_KINDS) {
    const gvk = { group: sourceGroup, version: "v1", kind };
    try {
      await client.restMapper.mappingFor(gvk);
      served.push(gvk);
    } catch (error) {
      if (!isNoMatch(error)) throw error;
    }
  }
  return served;
}

/** The Kustomizations of a source, dependencies first, so that most of them need not wait. */
function dependants(
  kustomizations: Informer<Kustomization>,
  gvk: GroupVersionKind,
  source: KubernetesObject,
): ObjectKey[] {
  const { name, namespace = "" } = source.metadata;
  const found = kustomizations.lister.byIndex(BY_SOURCE, formatSource({ gvk, key: { namespace, name } }));
  return inDependencyOrder(found).map(keyOf);
}

function artifactOf(source: SourceObject): Artifact | undefined {
  return source.status?.artifact;
}

function hasArtifact(source: SourceObject): boolean {
  return artifactOf(source) !== undefined;
}

function hasNewArtifact(before: SourceObject, after: SourceObject): boolean {
  const [old, now] = [artifactOf(before), artifactOf(after)];
  return now !== undefined && (old?.revision !== now.revision || old.digest !== now.digest);
}

/** Whether a dependency came closer to what its dependants wait for. */
function hasAdvanced(before: Kustomization, after: Kustomization): boolean {
  const [was, is] = [before, after].map(({ status }) => ({
    ready: findCondition(status?.conditions, ConditionType.Ready)?.status,
    generation: status?.observedGeneration,
    revision: status?.lastAppliedRevision,
  }));
  return is?.ready === "True" && JSON.stringify(was) !== JSON.stringify(is);
}
