import { formatApiVersion, type GroupVersionKind } from "@sluice/api";
import { systemContext } from "../bootstrap.ts";
import { cloneJson } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { Registry } from "../registry/registry.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import type { WorkloadOptions } from "../server-options.ts";
import { Simulator, type Cluster } from "../workloads/index.ts";
import type { Controller, ControllerContext } from "./controller.ts";

/** Brings pods and what owns them to life. */
export async function startWorkloads(context: ControllerContext, options: WorkloadOptions): Promise<Controller> {
  const simulator = new Simulator(clusterOf(context), {
    clock: context.clock,
    onError: context.logError,
    ...(options.timings === undefined ? {} : { timings: options.timings }),
  });
  await simulator.start();
  return simulator;
}

/** The registry as the simulation sees it. */
function clusterOf({ registry, clock }: ControllerContext): Cluster {
  const contextOf = (manager: string): RequestContext => systemContext(manager, clock.now());
  const place = ({ metadata }: KubeObject): { namespace: string; name: string } => ({
    namespace: metadata.namespace ?? "",
    name: metadata.name,
  });
  const write = (object: KubeObject, manager: string, subresource: string): KubeObject => {
    const copy = cloneJson(object);
    return storeOf(registry, kindOf(object)).update(
      place(object),
      { transform: () => copy, subresource },
      contextOf(manager),
    ).object;
  };
  return {
    subscribe: (kind, onChange) => {
      const store = storeOf(registry, kind);
      for (const { object } of store.collection.list("")) onChange("ADDED", store.inVersion(object));
      return store.collection.subscribe(({ type, stored }) => onChange(type, store.inVersion(stored.object)));
    },
    // The registry answers at once: only the outcome is wrapped, so that failures reject.
    create: async (object, manager) =>
      storeOf(registry, kindOf(object)).create(object.metadata.namespace ?? "", cloneJson(object), contextOf(manager))
        .object,
    update: async (object, manager) => write(object, manager, ""),
    updateStatus: async (object, manager) => write(object, manager, "status"),
    delete: async (object, { gracePeriodSeconds }) => {
      const { uid } = object.metadata;
      storeOf(registry, kindOf(object)).delete(
        place(object),
        {
          ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
          ...(uid === undefined ? {} : { preconditions: { uid } }),
        },
        contextOf("kube-controller-manager"),
      );
    },
  };
}

function kindOf(object: KubeObject): GroupVersionKind {
  const slash = object.apiVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : object.apiVersion.slice(0, slash),
    version: object.apiVersion.slice(slash + 1),
    kind: object.kind,
  };
}

function storeOf(registry: Registry, kind: GroupVersionKind): ResourceStore {
  const resource = registry.findKind(kind.group, kind.kind)?.resource;
  const store = resource === undefined ? undefined : registry.findStore(kind.group, resource, kind.version);
  if (store === undefined) throw new TypeError(`no resource serves ${formatApiVersion(kind)} ${kind.kind}`);
  return store;
}
