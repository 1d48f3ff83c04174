import { isGone, type GroupVersionKind, type ObjectKey, type UnstructuredObject } from "@sluice/api";
import type { Reader } from "@sluice/kube";

/** Nothing here takes long; whoever waits longer waits for what will not come. */
const PATIENCE_MS = 30_000;

export interface Awaited {
  readonly gvk: GroupVersionKind;
  readonly key: ObjectKey;
  /** What is waited for, for the error. */
  readonly want: string;
  readonly isSo: (object: UnstructuredObject | undefined) => boolean;
}

/** Waits, by a watch, until an object (`undefined`: its absence) is as wanted. Throws with its last state. */
export async function awaitObject(
  client: Reader,
  { gvk, key: { namespace, name }, want, isSo }: Awaited,
): Promise<UnstructuredObject | undefined> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const selection = {
    fieldSelector: `metadata.name=${name}`,
    ...(namespace !== undefined && namespace !== "" && { namespace }),
    signal: patience,
  };
  let last: UnstructuredObject | undefined;
  try {
    for (;;) {
      const list = await client.list(gvk, selection);
      [last] = list.items;
      if (isSo(last)) return last;
      const { resourceVersion = "0" } = list.metadata;
      try {
        for await (const event of client.watch(gvk, { ...selection, resourceVersion })) {
          if (event.type === "BOOKMARK") continue;
          last = event.type === "DELETED" ? undefined : event.object;
          if (isSo(last)) return last;
        }
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  } catch (error) {
    if (!patience.aborted) throw error;
  }
  const seen = JSON.stringify(last?.["status"] ?? last, undefined, 1);
  throw new Error(`${gvk.kind}/${name} never became: ${want}; last seen: ${seen}`);
}
