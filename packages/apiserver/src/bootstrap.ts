import { systemUser } from "./authn/user.ts";
import type { JsonObject } from "./json/json.ts";
import type { KubeObject } from "./json/object.ts";
import type { Registry } from "./registry/registry.ts";
import type { RequestContext } from "./registry/request-context.ts";

const namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Creates what every cluster has, where it is not there yet. */
export function bootstrap(registry: Registry, { now }: { readonly now: number; readonly caCertificate: string }): void {
  const context = systemContext("kube-apiserver", now);
  for (const name of namespaces) ensure(registry, "", "namespaces", { metadata: { name } }, context);
}

/** The context of the server's own writes. */
export function systemContext(manager: string, now: number): RequestContext {
  return {
    user: systemUser("system:apiserver"),
    now,
    dryRun: false,
    fieldManager: manager,
    fieldValidation: "Ignore",
    warn: () => {},
  };
}

function ensure(registry: Registry, group: string, resource: string, body: JsonObject, context: RequestContext): void {
  const store = registry.getStore(group, resource);
  const object = { apiVersion: store.version.apiVersion, kind: store.definition.kind, ...body } as KubeObject;
  const { name, namespace = "" } = object.metadata;
  if (store.find({ namespace, name }) === undefined) store.create(namespace, object, context);
}
