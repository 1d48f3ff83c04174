import { gvkOf, isNotFound, keyOf, type KubernetesObject } from "@sluice/api";
import type { Client } from "@sluice/kube";

/** What finalizer writes need to know. */
export interface FinalizerOptions {
  readonly finalizer: string;
  readonly fieldManager: string;
  readonly signal?: AbortSignal;
}

export function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** Adds the finalizer and returns the object as stored. Throws a conflict when the object has changed meanwhile. */
export async function addFinalizer<T extends KubernetesObject>(
  client: Client,
  object: T,
  options: FinalizerOptions,
): Promise<T> {
  if (hasFinalizer(object, options.finalizer)) return object;
  return patchFinalizers(client, object, [...(object.metadata.finalizers ?? []), options.finalizer], options);
}

/** Takes the finalizer away, which lets the API server delete the object. An object that is gone is fine. */
export async function removeFinalizer(
  client: Client,
  object: KubernetesObject,
  options: FinalizerOptions,
): Promise<void> {
  if (!hasFinalizer(object, options.finalizer)) return;
  const kept = (object.metadata.finalizers ?? []).filter((each) => each !== options.finalizer);
  try {
    await patchFinalizers(client, object, kept, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** A merge patch replaces the whole list, so it carries the resourceVersion that the list was read at. */
async function patchFinalizers<T extends KubernetesObject>(
  client: Client,
  object: T,
  finalizers: readonly string[],
  options: FinalizerOptions,
): Promise<T> {
  const { resourceVersion } = object.metadata;
  return client.patch<T>(
    gvkOf(object),
    keyOf(object),
    { type: "merge", body: { metadata: { finalizers, resourceVersion } } },
    { fieldManager: options.fieldManager, ...(options.signal && { signal: options.signal }) },
  );
}
