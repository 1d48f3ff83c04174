import type { Admission } from "../registry/resource-store.ts";
import { forbidden, notFound } from "../errors/status-errors.ts";
import type { KubeObject } from "../json/object.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceDefinition } from "../registry/resource-definition.ts";
import type { Store } from "../storage/store.ts";

/** The admission that a cluster cannot do without: nothing is created in namespaces that are missing or going. */
export class NamespaceLifecycle implements Admission {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  admitCreate(definition: ResourceDefinition, object: KubeObject, _context: RequestContext): void {
    if (!definition.namespaced) return;
    const name = object.metadata.namespace ?? "";
    const namespace = this.#store.collection("/namespaces").find(name)?.object;
    if (namespace === undefined) throw notFound({ group: "", resource: "namespaces" }, name);
    if (namespace.metadata.deletionTimestamp === undefined) return;
    throw forbidden(
      definition,
      object.metadata.name,
      `unable to create new content in namespace ${name} because it is being terminated`,
      [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${name} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    );
  }

  admitUpdate(): void {
    // Updates are allowed everywhere: finalizers have to come off in a namespace that is going.
  }

  admitDelete(definition: ResourceDefinition, object: KubeObject): void {
    const { name } = object.metadata;
    if (definition.group === "" && definition.resource === "namespaces" && immortal.has(name)) {
      throw forbidden(definition, name, "this namespace may not be deleted");
    }
  }
}

const immortal = new Set(["default", "kube-system", "kube-public"]);
