import { ensureObject, objectsAt, setDefault, setDefaultString, stringAt, type JsonObject } from "../json/json.ts";
import { ServiceAllocation } from "./service-allocation.ts";
import type { Admission } from "../registry/resource-store.ts";
import { forbidden, notFound } from "../errors/status-errors.ts";
import type { KubeObject } from "../json/object.ts";
import type { Authorizer } from "../rbac/authorizer.ts";
import { checkEscalation } from "../rbac/escalation.ts";
import type { RequestContext } from "../registry/request-context.ts";
import type { ResourceDefinition } from "../registry/resource-definition.ts";
import type { Store } from "../storage/store.ts";

/**
 * The admission that a cluster cannot do without: nothing is created in namespaces that are missing or going, pods have
 * a ServiceAccount, Services an address.
 */
export class ClusterAdmission implements Admission {
  readonly #store: Store;
  readonly #services: ServiceAllocation;
  readonly #authorizer: Authorizer;

  constructor(store: Store, authorizer: Authorizer) {
    this.#store = store;
    this.#authorizer = authorizer;
    this.#services = new ServiceAllocation(store.collection("/services"));
  }

  allocate({ group, resource }: ResourceDefinition, object: KubeObject): void {
    if (group === "" && resource === "services") this.#services.allocate(object);
  }

  admitCreate(definition: ResourceDefinition, object: KubeObject, context: RequestContext): void {
    checkEscalation(definition, object, undefined, context, this.#authorizer);
    if (!definition.namespaced) return;
    const name = object.metadata.namespace ?? "";
    const namespace = this.#store.collection("/namespaces").find(name)?.object;
    if (namespace === undefined) throw notFound({ group: "", resource: "namespaces" }, name);
    if (namespace.metadata.deletionTimestamp === undefined) {
      if (definition.group === "" && definition.resource === "pods") this.#admitPod(object);
      return;
    }
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

  /** Every pod has a ServiceAccount, and that exists. */
  #admitPod(pod: KubeObject): void {
    const spec = ensureObject(pod, "spec");
    const account = stringAt(spec, "serviceAccountName") ?? stringAt(spec, "serviceAccount") ?? "default";
    const { name, namespace = "" } = pod.metadata;
    const found = this.#store.collection("/serviceaccounts").find(`${namespace}/${account}`);
    if (found === undefined) {
      const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
      throw forbidden({ group: "", resource: "pods" }, name, why);
    }
    spec["serviceAccountName"] = account;
    spec["serviceAccount"] = account;
    tolerateBriefOutages(spec);
    setDefault(spec, "priority", 0);
    setDefaultString(spec, "preemptionPolicy", "PreemptLowerPriority");
  }

  /** Updates are allowed in namespaces that are going, too: finalizers have to come off there. */
  admitUpdate(definition: ResourceDefinition, object: KubeObject, old: KubeObject, context: RequestContext): void {
    checkEscalation(definition, object, old, context, this.#authorizer);
  }

  admitDelete(definition: ResourceDefinition, object: KubeObject): void {
    const { name } = object.metadata;
    if (definition.group === "" && definition.resource === "namespaces" && immortal.has(name)) {
      throw forbidden(definition, name, "this namespace may not be deleted");
    }
  }
}

const immortal = new Set(["default", "kube-system", "kube-public"]);

/** Pods stay five minutes on a node that is lost, unless they say otherwise. */
function tolerateBriefOutages(spec: JsonObject): void {
  const tolerations = objectsAt(spec, "tolerations");
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const isSettled = tolerations.some(
      (each) =>
        (each["key"] === key || (each["key"] ?? "") === "") &&
        ["NoExecute", "", undefined].includes(each["effect"] as string | undefined),
    );
    if (!isSettled) tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  spec["tolerations"] = tolerations;
}
