import { formatKey, gvkOf, keyOf, type GroupVersionKind, type KubernetesObject, type ObjectKey } from "@sluice/api";
import type { Client, Impersonation, RestMapper, WatchEvent } from "@sluice/kube";

/** One call of a client: `dry-run ConfigMap apps/a`, `list ConfigMap`, `patch/status Kustomization flux-system/x`. */
export type ClientCall = string;

/**
 * A client that tells of each call before it is made. What the observer throws is thrown in place of the call: a
 * process that dies right there looks the same to the server.
 */
export function observeClient(client: Client, observer: (call: ClientCall) => void): Client {
  const on = (verb: string, gvk: GroupVersionKind, key?: ObjectKey): void =>
    observer([verb, gvk.kind, ...(key === undefined ? [] : [formatKey(key)])].join(" "));
  const onObject = (verb: string, object: KubernetesObject): void => on(verb, gvkOf(object), keyOf(object));
  const withSubresource = (verb: string, options?: { readonly subresource?: string }): string =>
    options?.subresource === undefined ? verb : `${verb}/${options.subresource}`;
  return {
    get restMapper(): RestMapper {
      return client.restMapper;
    },
    impersonate: (identity: Impersonation) => observeClient(client.impersonate(identity), observer),
    request: async (method, path, options) => {
      observer(`${method} ${path}`);
      return client.request(method, path, options);
    },
    get: async (gvk, key, options) => {
      on("get", gvk, key);
      return client.get(gvk, key, options);
    },
    find: async (gvk, key, options) => {
      on("get", gvk, key);
      return client.find(gvk, key, options);
    },
    list: async (gvk, options) => {
      on("list", gvk);
      return client.list(gvk, options);
    },
    watch: <T extends KubernetesObject>(gvk: GroupVersionKind, options?: object): AsyncIterable<WatchEvent<T>> =>
      client.watch<T>(gvk, options),
    create: async (object, options) => {
      onObject("create", object);
      return client.create(object, options);
    },
    update: async (object, options) => {
      onObject(withSubresource("update", options), object);
      return client.update(object, options);
    },
    patch: async (gvk, key, patch, options) => {
      on(withSubresource("patch", options), gvk, key);
      return client.patch(gvk, key, patch, options);
    },
    apply: async (object, options) => {
      onObject(options.dryRun === true ? "dry-run" : withSubresource("apply", options), object);
      return client.apply(object, options);
    },
    delete: async (gvk, key, options) => {
      on("delete", gvk, key);
      return client.delete(gvk, key, options);
    },
  };
}
