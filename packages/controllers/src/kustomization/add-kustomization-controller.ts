import {
  findCondition,
  formatApiVersion,
  ConditionType,
  keyOf,
  kustomizationGvk,
  sourceGroup,
  watchLabel,
  type Artifact,
  type GroupVersionKind,
  type Kustomization,
  type KustomizationSourceKind,
  type ObjectKey,
} from "@sluice/api";
import {
  Controller,
  createEventRecorder as createClusterEventRecorder,
  Informer,
  isNoMatch,
  stripManagedFields,
  type ControllerObserver,
  type Manager,
  type Runnable,
} from "@sluice/kube";
import { fetchArtifact, type FetchArtifactOptions } from "@sluice/source";
import { createEventRecorder, isWorthReconciling, type EventRecorder, type Random } from "../runtime/index.ts";
import { ArtifactFiles, type FetchArtifact } from "./artifact-files.ts";
import { inDependencyOrder } from "./dependencies.ts";
import { DriftWatcher } from "./drift-watcher.ts";
import { DependencyWaits } from "./dependency-waits.ts";
import { HealthWatcher } from "./health-watcher.ts";
import { KustomizationReconciler } from "./kustomization-reconciler.ts";
import type { KustomizationPolicy } from "./reconciler-options.ts";
import { formatSource, sourceOf } from "./source-reference.ts";
import { FIELD_MANAGER } from "./steps/apply.ts";
import type { SourceObject } from "./steps/observe-source.ts";

export interface KustomizationControllerOptions {
  /** What differs from the defaults of Flux. */
  readonly policy?: Partial<KustomizationPolicy>;
  /** Kustomizations reconciled at the same time. Default 4, as in Flux. */
  readonly concurrency?: number;
  /** Sources of this namespace only are watched. Default: all namespaces. */
  readonly sourceNamespace?: string;
  /** Undo drift as soon as it happens, not only once per interval. Default true. */
  readonly watchDrift?: boolean;
  /** Bounds of the delay after failures. Default 750 ms and 15 min. */
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  /** Default: records Kubernetes Events as `kustomize-controller`. */
  readonly recorder?: EventRecorder;
  readonly observer?: ControllerObserver;
  readonly random?: Random;
  readonly fetchArtifact?: FetchArtifact;
  readonly fetchOptions?: FetchArtifactOptions;
}

const DEFAULT_POLICY: KustomizationPolicy = {
  noCrossNamespaceRefs: false,
  allowExternalArtifact: false,
  defaultServiceAccount: "",
  requeueDependencyMs: 30_000,
  jitterPercentage: 5,
  concurrentApplies: 8,
  overrideManagers: [],
  customStageKinds: new Set(),
};

const SOURCE_KINDS: readonly KustomizationSourceKind[] = [
  "GitRepository",
  "OCIRepository",
  "Bucket",
  "ExternalArtifact",
];
const BY_SOURCE = "source";
const BY_CONFIG = "config";
/** ConfigMaps and Secrets with this label wake whoever takes variables from them. */
const WATCHED_CONFIGS = `${watchLabel}=Enabled`;

/**
 * Adds the Kustomization controller to a manager. Besides the objects themselves it watches their sources (a new
 * artifact is applied at once, in dependency order), what it has applied (drift is undone at once), labelled ConfigMaps and Secrets that hold their variables, and each
 * other (whoever waits for a dependency goes on as soon as that is ready).
 */
export async function addKustomizationController(
  manager: Manager,
  options: KustomizationControllerOptions = {},
): Promise<Controller> {
  const { client, clock } = manager;
  const { concurrency = 4, minRetryDelayMs = 750, maxRetryDelayMs = 15 * 60_000, random = Math.random } = options;
  const logger = manager.logger.with({ controllerGroup: kustomizationGvk.group });
  const recorder =
    options.recorder ??
    createEventRecorder(createClusterEventRecorder(client, { component: FIELD_MANAGER, clock, logger }));
  const kustomizations = manager.cache.informerFor<Kustomization>(kustomizationGvk);
  kustomizations.addIndex(BY_SOURCE, sourcesOf);
  kustomizations.addIndex(BY_CONFIG, configsOf);
  const dependencyWaits = new DependencyWaits();
  const health = new HealthWatcher({ clock, logger, onVerdict: (key) => controller.enqueue(key) });
  const drift = new DriftWatcher({ client, clock, logger, onDrift: (key) => controller.enqueue(key) });
  const artifacts = new ArtifactFiles(options.fetchArtifact ?? fetchArtifact, options.fetchOptions ?? {});
  const reconciler = new KustomizationReconciler({
    client,
    clock,
    recorder,
    random,
    artifacts,
    health,
    dependencyWaits,
    ...(options.watchDrift !== false && { drift }),
    policy: { ...DEFAULT_POLICY, ...options.policy },
  });
  const controller = new Controller({
    name: "kustomization",
    kind: kustomizationGvk.kind,
    reconciler,
    concurrency,
    backoff: { baseDelayMs: minRetryDelayMs, maxDelayMs: maxRetryDelayMs },
    clock,
    logger,
    ...(options.observer !== undefined && { observer: options.observer }),
  });
  controller.watch(kustomizations, { requestsFor: (object) => [keyOf(object)] }, { update: isWorthReconciling });
  controller.watch(
    kustomizations,
    { requestsFor: (object) => dependencyWaits.waitersFor(keyOf(object)) },
    { update: hasAdvanced },
  );
  const sourceWatches: Informer<SourceObject>[] = [];
  for (const gvk of await servedSources(manager)) {
    // Not the manager's cache: its label selector chooses the Kustomizations of a shard, not their sources.
    const sources = new Informer<SourceObject>(client, gvk, {
      ...(options.sourceNamespace !== undefined && { namespace: options.sourceNamespace }),
      transform: stripManagedFields,
      clock,
      logger,
      random,
    });
    sourceWatches.push(sources);
    controller.watch(
      sources,
      { requestsFor: (source, before) => dependants(kustomizations, { gvk, source, before }) },
      { create: hasArtifact, update: hasNewArtifact, delete: () => false },
    );
  }
  for (const kind of ["ConfigMap", "Secret"]) {
    const selection = { labelSelector: WATCHED_CONFIGS, metadataOnly: true };
    const configs = manager.cache.informerFor({ group: "", version: "v1", kind }, selection);
    controller.watch(configs, {
      requestsFor: ({ metadata: { namespace = "", name } }) =>
        kustomizations.lister.byIndex(BY_CONFIG, formatConfig(kind, namespace, name)).map(keyOf),
    });
  }
  manager.add(controller);
  const watches: Runnable = {
    name: "watches and downloads of Kustomizations",
    run: async (signal) => {
      const runs = [health, drift, ...sourceWatches].map((each) => each.run(signal));
      await Promise.all(runs);
      artifacts.close();
    },
  };
  manager.add(watches);
  return controller;
}

/** Stored objects may be older than their schema: one without a source must not break the index for all. */
function sourcesOf(object: Kustomization): string[] {
  const spec: Partial<Kustomization["spec"]> | undefined = object.spec;
  return spec?.sourceRef === undefined ? [] : [formatSource(sourceOf(object))];
}

function configsOf(object: Kustomization): string[] {
  const spec: Partial<Kustomization["spec"]> | undefined = object.spec;
  const references = spec?.postBuild?.substituteFrom ?? [];
  const keys = spec?.decryption?.secretRef;
  const configs = keys === undefined ? references : [...references, { kind: "Secret", name: keys.name }];
  return configs.map(({ kind, name }) => formatConfig(kind, object.metadata.namespace ?? "", name));
}

function formatConfig(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** Sources that this server knows; a kind whose definition is missing cannot be watched, or named. */
async function servedSources({ client }: Manager): Promise<GroupVersionKind[]> {
  const gvks = SOURCE_KINDS.map((kind) => ({ group: sourceGroup, version: "v1", kind }));
  try {
    // Asking for one kind refreshes what is known of all; asking for each would refresh for every one that is missing.
    const [first] = gvks;
    if (first !== undefined) await client.restMapper.mappingFor(first);
  } catch (error) {
    if (!isNoMatch(error)) throw error;
  }
  const mappings = await client.restMapper.mappings();
  const served = new Set(mappings.map(({ gvk }) => `${formatApiVersion(gvk)} ${gvk.kind}`));
  return gvks.filter((gvk) => served.has(`${formatApiVersion(gvk)} ${gvk.kind}`));
}

/**
 * The Kustomizations of a source that have not applied its artifact yet, dependencies first, so that most of them need
 * not wait.
 */
function dependants(
  kustomizations: Informer<Kustomization>,
  { gvk, source, before }: { gvk: GroupVersionKind; source: SourceObject; before: SourceObject | undefined },
): ObjectKey[] {
  const { name, namespace = "" } = source.metadata;
  const revision = artifactOf(source)?.revision;
  // Other bytes of the same revision (the ignore rules have changed) concern everybody.
  const isRebuilt = before !== undefined && artifactOf(before)?.revision === revision;
  const found = kustomizations.lister.byIndex(BY_SOURCE, formatSource({ gvk, key: { namespace, name } }));
  const waiting = found.filter((object) => isRebuilt || object.status?.lastAppliedRevision !== revision);
  return inDependencyOrder(waiting).map(keyOf);
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
