import { isForbidden, isNotFound, type KubernetesObject, type UnstructuredObject } from "@sluice/api";
import type { Client } from "../client/client.ts";
import type { Clock } from "../clock.ts";
import { isNoMatch } from "../errors.ts";
import { ApplyError, dryRunError, namespaceNotSpecified, objectError } from "./apply-error.ts";
import type { Action, ChangeSet, ChangeSetEntry } from "./change-set.ts";
import { concurrently } from "./concurrently.ts";
import { deleteAll, type DeleteAllOptions } from "./delete-all.ts";
import { hasDrifted } from "./drift.ts";
import { inputFingerprint, type Fingerprints } from "./fingerprints.ts";
import { isImmutableError } from "./immutable.ts";
import { hasLabels, isSelected, type MetadataSelector } from "./metadata-selector.ts";
import { normalize } from "./normalize.ts";
import { formatObjectId, referenceOf, type ObjectReference } from "./object-reference.ts";
import { ranksOf, stagesOf, type Stage } from "./reconcile-order.ts";
import { cleanupPatch, type CleanupOptions } from "./take-over.ts";
import { isReady, waitUntilGone, waitUntilReady } from "./wait.ts";

/** Who applies: the name that server-side apply keeps, and the labels that prove whose an object is. */
export interface Owner {
  readonly fieldManager: string;
  readonly labels: { readonly [key: string]: string };
}

export interface ResourceManagerOptions {
  readonly owner: Owner;
  readonly clock: Clock;
  /** How many requests may be under way at once. Default 8. */
  readonly concurrency?: number;
}

export interface ApplyAllOptions {
  readonly signal: AbortSignal;
  /** Recreate every object that a change of an immutable field needs. */
  readonly force?: boolean;
  /** Recreate only these. */
  readonly forceSelector?: MetadataSelector;
  /** Leave these alone, whether the manifest or the live object says so. */
  readonly exclusions?: MetadataSelector;
  /** Create these, but leave them alone once they exist. */
  readonly ifNotPresent?: MetadataSelector;
  /** What earlier tools left and is to be taken over, except from `keep`. */
  readonly cleanup?: CleanupOptions & { readonly keep?: MetadataSelector };
  /** `group/Kind` of kinds to be applied before the rest. */
  readonly customStageKinds?: ReadonlySet<string>;
  /** What the last run left. With it, objects that are as they were cost no request of their own. */
  readonly fingerprints?: Fingerprints;
  /**
   * Called before objects are created, so that they are on record even if the process dies the moment after.
   * Nothing is written until it resolves.
   */
  readonly track?: (objects: readonly ObjectReference[]) => Promise<void>;
  /** How long objects of an early stage may take to become ready. Default 60 s. */
  readonly stageTimeoutMs?: number;
}

/** An object on its way through a stage. */
interface Candidate {
  readonly object: UnstructuredObject;
  readonly reference: ObjectReference;
  readonly id: string;
  readonly input: string;
}

/** What a stage's dry run found to do for one object. */
interface Plan {
  readonly candidate: Candidate;
  readonly action: Action;
  /** The live object, where it was looked at and stays. */
  readonly live?: UnstructuredObject;
}

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_STAGE_TIMEOUT_MS = 60_000;

/**
 * Applies sets of objects by server-side apply, and deletes what left them.
 *
 * Objects go in stages; within a stage all are dry-run before any is written, so a set that the server would refuse
 * changes nothing of that stage. Only objects that differ from what is live are written. The client decides with whose
 * rights: every request of a set goes through it.
 */
export class ResourceManager {
  readonly #client: Client;
  readonly #owner: Owner;
  readonly #clock: Clock;
  readonly #concurrency: number;

  constructor(client: Client, options: ResourceManagerOptions) {
    this.#client = client;
    this.#owner = options.owner;
    this.#clock = options.clock;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  }

  /**
   * Applies the objects, with the owner's labels added. Returns an entry for each, in the order of applying.
   * Throws {@link ApplyError}, whose `changeSet` says what had been done before.
   */
  async applyAll(objects: readonly UnstructuredObject[], options: ApplyAllOptions): Promise<ChangeSet> {
    const done: ChangeSetEntry[] = [];
    try {
      const candidates = await this.#prepare(objects, options);
      const unchanged = await this.#findUnchanged(candidates, options);
      const stages = stagesOf(candidates, {
        referenceOf: ({ reference }) => reference,
        ...(options.customStageKinds && { customStageKinds: options.customStageKinds }),
      });
      for (const stage of stages) {
        options.signal.throwIfAborted();
        await this.#applyStage(stage, unchanged, done, options);
      }
      options.fingerprints?.retain(new Set(candidates.map(({ id }) => id)));
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      throw new ApplyError(error.code, error.message, { cause: error.cause, changeSet: [...done, ...error.changeSet] });
    }
    return done;
  }

  /** Deletes objects that still carry the owner's labels. See {@link deleteAll}. */
  async deleteAll(
    references: readonly ObjectReference[],
    options: Omit<DeleteAllOptions, "labels" | "concurrency">,
  ): Promise<ChangeSet> {
    return deleteAll(this.#client, references, {
      ...options,
      labels: this.#owner.labels,
      concurrency: this.#concurrency,
    });
  }

  /** Normal form, owner labels, and a namespace exactly where the kind has one. */
  async #prepare(objects: readonly UnstructuredObject[], options: ApplyAllOptions): Promise<Candidate[]> {
    const definesKinds = new Set(objects.flatMap(definedKind));
    const { labels } = this.#owner;
    const switches = [options.force === true ? "force" : "", this.#owner.fieldManager];
    return concurrently(objects, this.#concurrency, async (each) => {
      const object = withLabels(normalize(each), labels);
      const { group, kind } = referenceOf(object).gvk;
      // A kind that this very set defines is mapped later, when its definition has been applied.
      const scoped = definesKinds.has(`${group}/${kind}`) ? object : await this.#withScope(object, options.signal);
      const reference = referenceOf(scoped);
      return { object: scoped, reference, id: formatObjectId(reference), input: inputFingerprint(scoped, ...switches) };
    });
  }

  async #withScope(object: UnstructuredObject, signal: AbortSignal): Promise<UnstructuredObject> {
    const reference = referenceOf(object);
    const mapping = await this.#client.restMapper.mappingFor(reference.gvk, { signal }).catch((error: unknown) => {
      throw isNoMatch(error) ? dryRunError(object, error) : error;
    });
    if (mapping.namespaced) {
      if (reference.key.namespace === undefined) throw namespaceNotSpecified(reference);
      return object;
    }
    if (object.metadata.namespace === undefined) return object;
    const { namespace: _namespace, ...metadata } = object.metadata;
    return { ...object, metadata };
  }

  /** The ids of objects whose manifest and live metadata are as remembered: one list per kind, none per object. */
  async #findUnchanged(candidates: readonly Candidate[], options: ApplyAllOptions): Promise<ReadonlySet<string>> {
    const { fingerprints, signal } = options;
    const unchanged = new Set<string>();
    if (fingerprints === undefined || fingerprints.size === 0) return unchanged;
    const remembered = candidates.filter(({ id, input }) => fingerprints.has(id, input));
    const byKind = Map.groupBy(remembered, ({ object }) => `${object.apiVersion}/${object.kind}`);
    await concurrently([...byKind.values()], this.#concurrency, async (group) => {
      const live = new Map((await this.#listOwned(group, signal)).map((each) => [each.id, each.object]));
      for (const { id, input } of group) {
        const object = live.get(id);
        if (object !== undefined && fingerprints.isUnchanged(id, input, object)) unchanged.add(id);
      }
    });
    return unchanged;
  }

  async #listOwned(
    group: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<readonly { readonly id: string; readonly object: KubernetesObject }[]> {
    const [first] = group;
    if (first === undefined) return [];
    const { gvk } = first.reference;
    const namespaces = new Set(group.map(({ reference }) => reference.key.namespace));
    const [namespace] = namespaces;
    const labelSelector = Object.entries(this.#owner.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    try {
      const { items } = await this.#client.list<KubernetesObject>(gvk, {
        metadataOnly: true,
        labelSelector,
        signal,
        ...(namespaces.size === 1 && namespace !== undefined && { namespace }),
      });
      return items.map((object) => {
        const { name, namespace: at } = object.metadata;
        const key = at === undefined ? { name } : { namespace: at, name };
        return { id: formatObjectId({ gvk, key }), object };
      });
    } catch (error) {
      // Whoever may not list can still apply: each object is then looked at on its own.
      if (isForbidden(error) || isNotFound(error) || isNoMatch(error)) return [];
      throw error;
    }
  }

  async #applyStage(
    stage: Stage<Candidate>,
    unchanged: ReadonlySet<string>,
    done: ChangeSetEntry[],
    options: ApplyAllOptions,
  ): Promise<void> {
    const plans = await concurrently(stage.objects, this.#concurrency, async (candidate): Promise<Plan> => {
      if (unchanged.has(candidate.id)) return { candidate, action: "unchanged" };
      const object = await this.#withScope(candidate.object, options.signal);
      return this.#plan({ ...candidate, object }, options);
    });
    const created = plans.filter(({ action }) => action === "created").map(({ candidate }) => candidate.reference);
    if (created.length > 0) await options.track?.(created);
    const present: UnstructuredObject[] = [];
    for (const rank of ranksOf(plans, ({ candidate }) => candidate.object.kind)) {
      const entries: ChangeSetEntry[] = [];
      try {
        await concurrently(rank, this.#concurrency, async ({ candidate, action, live }, index) => {
          options.signal.throwIfAborted();
          const isWrite = action === "created" || action === "configured";
          const object = isWrite ? await this.#apply(candidate, options) : live;
          if (object !== undefined) {
            present.push(object);
            // What the next stage waits for must not count as known before it is ready: the next run would not wait.
            if (!stage.isAwaited || isReady(object)) {
              options.fingerprints?.remember(candidate.id, candidate.input, object);
            }
          }
          const resourceVersion = isWrite ? object?.metadata.resourceVersion : undefined;
          entries[index] = {
            ...candidate.reference,
            action,
            ...(resourceVersion !== undefined && { resourceVersion }),
          };
        });
      } finally {
        // A sparse list where something failed: what was done counts all the same.
        done.push(...entries.filter(() => true));
      }
    }
    if (!stage.isAwaited) return;
    await waitUntilReady(this.#client, present, {
      clock: this.#clock,
      signal: options.signal,
      timeoutMs: options.stageTimeoutMs ?? DEFAULT_STAGE_TIMEOUT_MS,
    });
  }

  /** Finds out by a dry run what applying the object would do. Cleans up after earlier tools on the way. */
  async #plan(candidate: Candidate, options: ApplyAllOptions): Promise<Plan> {
    const { object, reference } = candidate;
    const { signal, exclusions } = options;
    if (isSelected(object, exclusions)) return { candidate, action: "skipped" };
    const { gvk, key } = reference;
    let dryRun: UnstructuredObject | undefined;
    let refusal: unknown;
    try {
      dryRun = await this.#client.apply(object, this.#applyOptions(signal, true));
    } catch (error) {
      signal.throwIfAborted();
      refusal = error;
    }
    // The dry run of a creation has no resourceVersion: then there is no live object to ask for.
    const isNew = dryRun !== undefined && dryRun.metadata.resourceVersion === undefined;
    const live = isNew || isNoMatch(refusal) ? undefined : await this.#findLive(candidate, refusal, signal);
    if (isSelected(live, exclusions)) return { candidate, action: "skipped" };
    if (live !== undefined && isSelected(object, options.ifNotPresent)) return { candidate, action: "skipped" };
    if (dryRun === undefined) {
      const mayRecreate = options.force === true || isSelected(object, options.forceSelector);
      if (live === undefined || !mayRecreate || !isImmutableError(refusal)) throw dryRunError(object, refusal);
      await this.#recreate(candidate, live, options);
      return { candidate, action: "created" };
    }
    if (live === undefined) return { candidate, action: "created" };
    const { cleanup } = options;
    const patch =
      cleanup === undefined || isSelected(object, cleanup.keep) || isSelected(live, cleanup.keep)
        ? []
        : cleanupPatch(live, this.#owner.fieldManager, cleanup);
    if (patch.length > 0) {
      try {
        await this.#client.patch(gvk, key, { type: "json", body: patch }, this.#writeOptions(signal));
      } catch (error) {
        throw objectError("ApplyFailed", object, "metadata.managedFields cleanup failed", error);
      }
      return { candidate, action: "configured" };
    }
    if (hasDrifted(live, dryRun)) return { candidate, action: "configured" };
    return { candidate, action: "unchanged", live };
  }

  async #findLive(
    { object, reference }: Candidate,
    refusal: unknown,
    signal: AbortSignal,
  ): Promise<UnstructuredObject | undefined> {
    try {
      return await this.#client.find(reference.gvk, reference.key, { signal });
    } catch (error) {
      signal.throwIfAborted();
      // The refusal came first, and is what the user has to solve.
      if (refusal !== undefined) throw dryRunError(object, refusal);
      throw objectError("DryRunFailed", object, "query failed", error);
    }
  }

  async #recreate(candidate: Candidate, live: UnstructuredObject, options: ApplyAllOptions): Promise<void> {
    const { object, reference, id } = candidate;
    const { signal } = options;
    const { uid } = live.metadata;
    options.fingerprints?.forget(id);
    await options.track?.([reference]);
    try {
      await this.#client.delete(reference.gvk, reference.key, {
        propagationPolicy: "Background",
        signal,
        ...(uid !== undefined && { preconditions: { uid } }),
      });
    } catch (error) {
      if (!isNotFound(error)) {
        throw objectError("RecreateFailed", object, "immutable field detected, failed to delete object", error);
      }
    }
    await waitUntilGone(this.#client, [reference], { clock: this.#clock, signal, timeoutMs: DEFAULT_STAGE_TIMEOUT_MS });
    try {
      await this.#client.apply(object, this.#applyOptions(signal, true));
    } catch (error) {
      signal.throwIfAborted();
      throw dryRunError(object, error);
    }
  }

  async #apply({ object, id }: Candidate, options: ApplyAllOptions): Promise<UnstructuredObject> {
    options.fingerprints?.forget(id);
    try {
      return await this.#client.apply(object, this.#applyOptions(options.signal, false));
    } catch (error) {
      options.signal.throwIfAborted();
      throw objectError("ApplyFailed", object, "apply failed", error);
    }
  }

  #writeOptions(signal: AbortSignal): { readonly fieldManager: string; readonly signal: AbortSignal } {
    return { fieldManager: this.#owner.fieldManager, signal };
  }

  #applyOptions(
    signal: AbortSignal,
    dryRun: boolean,
  ): { readonly fieldManager: string; readonly force: true; readonly dryRun: boolean; readonly signal: AbortSignal } {
    return { ...this.#writeOptions(signal), force: true, dryRun };
  }
}

function withLabels(object: UnstructuredObject, labels: { readonly [key: string]: string }): UnstructuredObject {
  if (hasLabels(object, labels)) return object;
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
}

/** `group/Kind` that a CustomResourceDefinition among the objects brings. */
function definedKind(object: UnstructuredObject): string[] {
  if (object.kind !== "CustomResourceDefinition") return [];
  const spec = object["spec"] as { readonly group?: unknown; readonly names?: { readonly kind?: unknown } } | undefined;
  return typeof spec?.group === "string" && typeof spec.names?.kind === "string"
    ? [`${spec.group}/${spec.names.kind}`]
    : [];
}
