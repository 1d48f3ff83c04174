import type { KubernetesObject, UnstructuredObject } from "@sluice/api";
import type { Client } from "../client/client.ts";
import type { Clock } from "../clock.ts";
import { isNoMatch } from "../errors.ts";
import { computeStatus } from "../kstatus/compute-status.ts";
import { ApplyError } from "./apply-error.ts";
import { formatSubject, referenceOf, type ObjectReference } from "./object-reference.ts";

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Definitions are established within milliseconds, so the first looks come quickly. */
const FIRST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 1000;

/**
 * Waits until objects that others of the same set need (definitions, namespaces) are ready. `objects` are as the
 * server answered the apply: those that are ready already cost no request. Throws {@link ApplyError} `NotReady`.
 */
export async function waitUntilReady(
  client: Client,
  objects: readonly UnstructuredObject[],
  options: WaitOptions,
): Promise<void> {
  const pending = objects.filter((object) => !isReady(object)).map(referenceOf);
  const late = await poll(pending, options, async ({ gvk, key }) => {
    const live = await client.find(gvk, key, { signal: options.signal });
    return live !== undefined && isReady(live);
  });
  if (late.length === 0) return;
  throw new ApplyError("NotReady", `timeout waiting for: [${late.map(formatSubject).join(", ")}]`);
}

/** Waits until objects are gone, finalizers included. Throws {@link ApplyError} `NotReady`. */
export async function waitUntilGone(
  client: Client,
  references: readonly ObjectReference[],
  options: WaitOptions,
): Promise<void> {
  const left = await poll(references, options, async ({ gvk, key }) => {
    try {
      const live = await client.find<KubernetesObject>(gvk, key, { metadataOnly: true, signal: options.signal });
      return live === undefined;
    } catch (error) {
      if (isNoMatch(error)) return true;
      throw error;
    }
  });
  if (left.length === 0) return;
  throw new ApplyError("NotReady", `timeout waiting for termination of: [${left.map(formatSubject).join(", ")}]`);
}

/** Whether the object has become what its spec says. */
export function isReady(object: UnstructuredObject): boolean {
  return computeStatus(object).status === "Current";
}

/** Looks at each object again and again, less and less often, and returns those that never passed. */
async function poll(
  references: readonly ObjectReference[],
  { clock, signal, timeoutMs }: WaitOptions,
  hasPassed: (reference: ObjectReference) => Promise<boolean>,
): Promise<readonly ObjectReference[]> {
  const deadline = clock.now() + timeoutMs;
  let pending = references;
  for (let delayMs = FIRST_DELAY_MS; pending.length > 0; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    const passed = await Promise.all(pending.map(hasPassed));
    pending = pending.filter((_, index) => passed[index] !== true);
    if (pending.length === 0 || clock.now() >= deadline) break;
    await clock.sleep(delayMs, signal);
  }
  return pending;
}
