import { isGone, type GroupVersionKind, type KubernetesObject } from "@sluice/api";
import type { Reader } from "@sluice/kube";

/** Which objects to follow, and until when. */
export interface Following {
  readonly gvk: GroupVersionKind;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  readonly signal: AbortSignal;
}

/** Who wants to know. */
export interface Follower<T> {
  /** Everything there is: at the beginning, and again when the server has forgotten what came after. */
  listed?(objects: readonly T[]): void;
  /** One object came, changed or (`isDeleted`) went. */
  changed(object: T, isDeleted: boolean): void;
}

/**
 * Reports objects and their changes until the signal is aborted, which rejects with its reason. Streams that the
 * server ends are taken up where they stopped; other failures reject.
 */
export async function followObjects<T extends KubernetesObject>(
  client: Reader,
  { gvk, signal, ...selection }: Following,
  follower: Follower<T>,
): Promise<never> {
  for (;;) {
    const listed = await client.list<T>(gvk, { ...selection, signal });
    follower.listed?.(listed.items);
    let { resourceVersion } = listed.metadata;
    try {
      while (resourceVersion !== undefined) {
        signal.throwIfAborted();
        for await (const event of client.watch<T>(gvk, { ...selection, resourceVersion, signal })) {
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type !== "BOOKMARK") follower.changed(event.object, event.type === "DELETED");
        }
      }
    } catch (error) {
      if (signal.aborted || !isGone(error)) throw error;
    }
    signal.throwIfAborted();
  }
}
