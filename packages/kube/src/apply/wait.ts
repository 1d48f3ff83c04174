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
 * server answered the apply: those that are ready already cost no request. Throws {@link ApplyError} `NotReady`, which
 * names each object that was not and says why, when the time is over or `signal` aborts with a `TimeoutError`.
 */
export async function waitUntilReady(
  client: Client,
  objects: readonly UnstructuredObject[],
  options: WaitOptions,
): Promise<void> {
  const pending = objects.filter((object) => !isReady(object)).map(referenceOf);
  const late = await poll(pending, options, async ({ gvk, key }) => {
    const { status, message } = computeStatus(await client.find(gvk, key, { signal: options.signal }));
    return status === "Current" ? undefined : ` status: '${status}'${message === "" ? "" : `: ${message}`}`;
  });
  if (late.length > 0) throw new ApplyError("NotReady", `timeout waiting for: [${late.join(", ")}]`);
}

/** Waits until objects are gone, finalizers included. Throws {@link ApplyError} `NotReady` as {@link waitUntilReady}. */
export async function waitUntilGone(
  client: Client,
  references: readonly ObjectReference[],
  options: WaitOptions,
): Promise<void> {
  const left = await poll(references, options, async ({ gvk, key }) => {
    try {
      const live = await client.find<KubernetesObject>(gvk, key, { metadataOnly: true, signal: options.signal });
      if (live === undefined) return undefined;
      const finalizers = live.metadata.finalizers ?? [];
      return finalizers.length === 0 ? "" : ` finalizers: ${finalizers.join(", ")}`;
    } catch (error) {
      if (isNoMatch(error)) return undefined;
      throw error;
    }
  });
  if (left.length > 0) throw new ApplyError("NotReady", `timeout waiting for termination of: [${left.join(", ")}]`);
}

/** Whether the object has become what its spec says. */
export function isReady(object: UnstructuredObject): boolean {
  return computeStatus(object).status === "Current";
}

/**
 * Looks at each object again and again, less and less often. `whyNot` says what is still missing, `undefined` for
 * nothing. Returns those that never passed, each with what it said last.
 */
async function poll(
  references: readonly ObjectReference[],
  { clock, signal, timeoutMs }: WaitOptions,
  whyNot: (reference: ObjectReference) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const deadline = clock.now() + timeoutMs;
  let pending = references.map((reference) => ({ reference, reason: "" }));
  for (let delayMs = FIRST_DELAY_MS; pending.length > 0; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      const looks = await Promise.all(
        pending.map(async ({ reference }) => ({ reference, reason: await whyNot(reference) })),
      );
      pending = looks.flatMap(({ reference, reason }) => (reason === undefined ? [] : [{ reference, reason }]));
      if (pending.length === 0 || clock.now() >= deadline) break;
      await clock.sleep(delayMs, signal);
    } catch (error) {
      // Out of time is how this wait ends; which objects it waited for is what people need to know.
      if (!isTimeout(signal)) throw error;
      break;
    }
  }
  return pending.map(({ reference, reason }) => `${formatSubject(reference)}${reason}`);
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === "TimeoutError";
}
