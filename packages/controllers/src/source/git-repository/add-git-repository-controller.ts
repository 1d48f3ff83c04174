import { type GitRepository, gitRepositoryGvk, type ObjectKey } from "@sluice/api";
import {
  Controller,
  type ControllerObserver,
  createEventRecorder as createClusterEventRecorder,
  enqueueMapped,
  enqueueSelf,
  type Informer,
  type Manager,
  type Predicate,
  type Runnable,
} from "@sluice/kube";
import type { GitClient } from "@sluice/source";
import { createEventRecorder, isWorthReconciling, type EventRecorder } from "../../runtime/index.ts";
import { GitRepositoryReconciler, type GitRepositoryReconcilerOptions } from "./git-repository-reconciler.ts";

export interface GitRepositoryControllerOptions extends Omit<
  GitRepositoryReconcilerOptions,
  "client" | "clock" | "recorder"
> {
  /** Objects reconciled at the same time. Default 2, as in Flux. */
  readonly concurrency?: number;
  /** Bounds of the delay after failures. Default 750 ms and 15 min. */
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  /** Default: records Kubernetes Events as `source-controller`. */
  readonly recorder?: EventRecorder;
  readonly observer?: ControllerObserver;
}

const specChanged: Predicate<GitRepository> = {
  update: (before, after) => isWorthReconciling(before, after),
};

const artifactChanged: Predicate<GitRepository> = {
  update: (before, after) => before.status?.artifact?.digest !== after.status?.artifact?.digest,
};

/** The repositories that include a changed one. */
function includersOf(informer: Informer<GitRepository>): (changed: GitRepository) => readonly ObjectKey[] {
  return (changed) => {
    const { name, namespace = "" } = changed.metadata;
    return informer.lister
      .list()
      .filter((each) => (each.metadata.namespace ?? "") === namespace)
      .filter((each) => each.spec.include?.some(({ repository }) => repository.name === name))
      .map((each) => ({ namespace, name: each.metadata.name }));
  };
}

/** Repositories that were not asked for this long are not worth their disk space. */
const cacheIdleMs = 24 * 3_600_000;

/** Once per idle time, removes cached repositories that no object uses any more. */
function cacheSweeper(git: GitClient, { clock, logger }: Manager): Runnable {
  return {
    name: "git-cache",
    run: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(cacheIdleMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
        if (signal.aborted) return;
        try {
          await git.removeUnused(cacheIdleMs);
        } catch (error) {
          logger.error("failed to clean the git cache", error); // disk space only: tried again next time
        }
      }
    },
  };
}

/** Makes the manager reconcile GitRepositories. The storage must be open, and its server is the caller's to run. */
export function addGitRepositoryController(manager: Manager, options: GitRepositoryControllerOptions): Controller {
  const { client, clock, logger, cache } = manager;
  const { concurrency = 2, minRetryDelayMs = 750, maxRetryDelayMs = 15 * 60_000, observer, ...rest } = options;
  const recorder =
    options.recorder ??
    createEventRecorder(createClusterEventRecorder(client, { component: "source-controller", clock, logger }));
  const reconciler = new GitRepositoryReconciler({ ...rest, client, clock, recorder });
  const informer = cache.informerFor<GitRepository>(gitRepositoryGvk);
  const controller = new Controller({
    name: "gitrepository",
    kind: "GitRepository",
    reconciler,
    concurrency,
    backoff: { baseDelayMs: minRetryDelayMs, maxDelayMs: maxRetryDelayMs },
    clock,
    logger,
    ...(observer !== undefined && { observer }),
  });
  controller.watch(informer, enqueueSelf, specChanged);
  controller.watch(informer, enqueueMapped(includersOf(informer)), artifactChanged);
  manager.add(controller);
  manager.add(cacheSweeper(options.git, manager));
  return controller;
}
