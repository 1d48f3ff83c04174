import type { Clock } from "@sluice/kube";
import { formatDuration } from "../runtime/index.ts";

/**
 * A signal that aborts with `signal`, or with a `TimeoutError` after the time an attempt may take. `clear` must be
 * called when the attempt is over.
 */
export function withTimeout(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const timer = clock.setTimeout(() => {
    controller.abort(new DOMException(`reconciliation timed out after ${formatDuration(timeoutMs)}`, "TimeoutError"));
  }, timeoutMs);
  return { signal: AbortSignal.any([signal, controller.signal]), clear: () => timer.cancel() };
}
