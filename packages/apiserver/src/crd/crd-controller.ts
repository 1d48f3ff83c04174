import { systemContext } from "../bootstrap.ts";
import { formatTime } from "../clock.ts";
import type { Controller, ControllerContext } from "../controllers/controller.ts";
import { WorkLoop } from "../controllers/work-loop.ts";
import { cloneJson, equalJson, objectAt, stringAt, stringsAt, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { ResourceStore } from "../registry/resource-store.ts";
import { setCondition } from "./conditions.ts";
import { cleanupFinalizer, isEstablished } from "./crd-strategy.ts";
import { customResource } from "./definition.ts";

const crdGroup = "apiextensions.k8s.io";

/** Serves what CustomResourceDefinitions define: accepts their names, establishes them, and cleans up behind them. */
export function startCustomResourceController(context: ControllerContext): Controller {
  const { registry, clock, logError } = context;
  const definitions = registry.getStore(crdGroup, "customresourcedefinitions");
  const installed = new Map<string, string>();
  const loop = new WorkLoop((name) => cleanUp(name), logError);

  const writeStatus = (crd: KubeObject, change: (object: KubeObject) => void): void => {
    const update = { subresource: "status", transform: (current: KubeObject) => changed(current, change) };
    definitions.update(
      { namespace: "", name: crd.metadata.name },
      update,
      systemContext("kube-apiserver", clock.now()),
    );
  };

  /** Brings what is served in line with a definition. */
  const accept = (name: string): void => {
    const crd = definitions.find({ namespace: "", name })?.object;
    if (crd === undefined) return;
    if (crd.metadata.deletionTimestamp !== undefined) {
      loop.add(name);
      return;
    }
    const conflict = findNameConflict(crd, definitions, registry);
    const now = formatTime(clock.now());
    const isSettled =
      conflict === undefined &&
      isEstablished(crd) &&
      equalJson(objectAt(crd, "status", "acceptedNames"), objectAt(crd, "spec", "names"));
    if (!isSettled) writeStatus(crd, (object) => judgeNames(object, conflict, now));
  };

  const install = (crd: KubeObject): void => {
    const { name } = crd.metadata;
    // Only what a definition says counts, not its bookkeeping.
    const content = JSON.stringify([
      crd["spec"],
      objectAt(crd, "status", "acceptedNames"),
      crd.metadata.deletionTimestamp,
    ]);
    if (!isEstablished(crd) || installed.get(name) === content) return;
    const definition = customResource(crd);
    registry.install(crd.metadata.deletionTimestamp === undefined ? definition : withoutCreate(definition));
    installed.set(name, content);
  };

  const uninstall = (crd: KubeObject): void => {
    installed.delete(crd.metadata.name);
    registry.remove(stringAt(crd, "spec", "group") ?? "", stringAt(crd, "spec", "names", "plural") ?? "");
    // Names that were taken are free now.
    for (const { object } of definitions.collection.list("")) queueMicrotask(() => guarded(object.metadata.name));
  };

  const guarded = (name: string): void => {
    try {
      accept(name);
    } catch (error) {
      logError(`CustomResourceDefinition ${name}: ${String(error)}`);
    }
  };

  /** Deletes all objects of a definition that is going, then lets it go. */
  const cleanUp = (name: string): void => {
    const crd = definitions.find({ namespace: "", name })?.object;
    if (crd?.metadata.deletionTimestamp === undefined || crd.metadata.finalizers?.includes(cleanupFinalizer) !== true)
      return;
    const store = registry.findStore(
      stringAt(crd, "spec", "group") ?? "",
      stringAt(crd, "spec", "names", "plural") ?? "",
    );
    const now = clock.now();
    for (const { object } of store?.collection.list("") ?? []) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      store?.delete(
        { namespace: object.metadata.namespace ?? "", name: object.metadata.name },
        {},
        systemContext("kube-apiserver", now),
      );
    }
    if ((store?.collection.size ?? 0) > 0) {
      writeStatus(crd, (object) => {
        setCondition(object, {
          type: "Terminating",
          status: "True",
          reason: "InstanceDeletionInProgress",
          message: "CustomResource deletion is in progress",
          lastTransitionTime: formatTime(now),
        });
      });
      return;
    }
    const release = (object: KubeObject): void => {
      object.metadata.finalizers = (object.metadata.finalizers ?? []).filter(
        (finalizer) => finalizer !== cleanupFinalizer,
      );
    };
    definitions.update(
      { namespace: "", name },
      { subresource: "", transform: (current) => changed(current, release) },
      systemContext("kube-apiserver", now),
    );
  };

  for (const { object } of definitions.collection.list("")) {
    install(object);
    guarded(object.metadata.name);
  }
  const unsubscribe = definitions.collection.subscribe(({ type, stored }) => {
    if (type === "DELETED") uninstall(stored.object);
    else {
      install(stored.object);
      queueMicrotask(() => guarded(stored.object.metadata.name));
    }
  });
  const unsubscribeAll = registry.store.subscribe((collection, { type, stored }) => {
    // The last object of a definition that is going lets it go.
    if (type !== "DELETED" || collection.size > 0 || !stored.object.apiVersion.includes(".")) return;
    const slash = collection.name.indexOf("/");
    loop.add(`${collection.name.slice(slash + 1)}.${collection.name.slice(0, slash)}`);
  });
  return {
    stop: () => {
      unsubscribe();
      unsubscribeAll();
      loop.stop();
    },
  };
}

function changed(current: KubeObject, change: (object: KubeObject) => void): KubeObject {
  const copy = cloneJson(current);
  change(copy);
  return copy;
}

function withoutCreate(definition: ReturnType<typeof customResource>): ReturnType<typeof customResource> {
  const versions = [...definition.versions].map(
    ([name, version]) => [name, { ...version, verbs: version.verbs.filter((verb) => verb !== "create") }] as const,
  );
  return { ...definition, versions: new Map(versions) };
}

interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** Finds another resource of the same group that has one of the names already. */
function findNameConflict(
  crd: KubeObject,
  definitions: ResourceStore,
  registry: ControllerContext["registry"],
): NameConflict | undefined {
  const group = stringAt(crd, "spec", "group") ?? "";
  const resources = new Set<string>();
  const kinds = new Set<string>();
  const take = (names: JsonObject): void => {
    for (const member of ["plural", "singular"]) resources.add(stringAt(names, member) ?? "");
    for (const name of stringsAt(names, "shortNames")) resources.add(name);
    for (const member of ["kind", "listKind"]) kinds.add(stringAt(names, member) ?? "");
  };
  for (const { object } of definitions.collection.list("")) {
    if (object.metadata.name === crd.metadata.name || stringAt(object, "spec", "group") !== group) continue;
    take(objectAt(object, "status", "acceptedNames") ?? {});
  }
  for (const definition of registry.definitions()) {
    if (definition.custom || definition.group !== group) continue;
    take({
      plural: definition.resource,
      singular: definition.singular,
      kind: definition.kind,
      listKind: definition.listKind,
    });
  }
  const names = objectAt(crd, "spec", "names") ?? {};
  const text = (member: string): string => stringAt(names, member) ?? "";
  const inUse = (reason: string, name: string): NameConflict => ({
    reason,
    message: `${JSON.stringify(name)} is already in use`,
  });
  if (resources.has(text("plural"))) return inUse("PluralConflict", text("plural"));
  if (resources.has(text("singular"))) return inUse("SingularConflict", text("singular"));
  const short = stringsAt(names, "shortNames").find((name) => resources.has(name));
  if (short !== undefined) return inUse("ShortNamesConflict", short);
  if (kinds.has(text("kind"))) return inUse("KindConflict", text("kind"));
  return kinds.has(text("listKind")) ? inUse("ListKindConflict", text("listKind")) : undefined;
}

function judgeNames(crd: KubeObject, conflict: NameConflict | undefined, lastTransitionTime: string): void {
  setCondition(crd, {
    type: "NamesAccepted",
    status: conflict === undefined ? "True" : "False",
    reason: conflict?.reason ?? "NoConflicts",
    message: conflict?.message ?? "no conflicts found",
    lastTransitionTime,
  });
  const wasEstablished = isEstablished(crd);
  if (conflict === undefined) {
    crd["status"] = { ...objectAt(crd, "status"), acceptedNames: cloneJson(objectAt(crd, "spec", "names") ?? {}) };
  }
  if (wasEstablished) return;
  setCondition(crd, {
    type: "Established",
    status: conflict === undefined ? "True" : "False",
    reason: conflict === undefined ? "InitialNamesAccepted" : "NotAccepted",
    message: conflict === undefined ? "the initial names have been accepted" : "not all names are accepted",
    lastTransitionTime,
  });
}
