import { isGone, type GroupVersionKind, type KubernetesObject, type ObjectKey } from "@sluice/api";
import type { Reader } from "@sluice/kube";

/**
 * Follows one object until `settle` returns something else than `undefined`, and returns that. Driven by a watch, so
 * it answers as soon as the object does; `settle` gets `undefined` for an object that does not exist (any more).
 * Rejects with the signal's reason when it is aborted.
 */
export async function awaitObject<T extends KubernetesObject, R>(
  client: Reader,
  target: { readonly gvk: GroupVersionKind; readonly key: ObjectKey; readonly signal: AbortSignal },
  settle: (object: T | undefined) => R | undefined,
): Promise<R> {
  const { gvk, key, signal } = target;
  const selector = {
    ...(key.namespace === undefined ? {} : { namespace: key.namespace }),
    fieldSelector: `metadata.name=${key.name}`,
  };
  for (;;) {
    signal.throwIfAborted();
    const listed = await client.list<T>(gvk, { ...selector, signal });
    const first = settle(listed.items[0]);
    if (first !== undefined) return first;
    const { resourceVersion } = listed.metadata;
    try {
      const events = client.watch<T>(gvk, {
        ...selector,
        signal,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      });
      for await (const event of events) {
        if (event.type === "BOOKMARK") continue;
        const settled = settle(event.type === "DELETED" ? undefined : event.object);
        if (settled !== undefined) return settled;
      }
    } catch (error) {
      if (signal.aborted || !isGone(error)) throw error;
    }
  }
}
