import type { FleetMonitor } from "./fleet-monitor.ts";
import { verdictOf } from "./fleet-state.ts";

/** How waiting for a fleet ended. */
export type End = "ready" | "stuck" | "timeout";

/** How long nothing but failures may be left before the wait is over. */
const STUCK_MS = 5000;

/**
 * Waits until a whole fleet is Ready, or until nothing moves any more and something failed, or until the time is
 * up. Rejects when the signal is aborted.
 */
export function awaitConvergence(
  monitor: FleetMonitor,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<End> {
  return new Promise((resolve, reject) => {
    let stuck: NodeJS.Timeout | undefined;
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      clearTimeout(stuck);
      stop();
      signal.removeEventListener("abort", abort);
      act();
    };
    const abort = (): void => finish(() => reject(signal.reason as Error));
    const judge = (): void => {
      const verdict = verdictOf(monitor.fleet);
      if (verdict !== "stuck") {
        clearTimeout(stuck);
        stuck = undefined;
      }
      if (verdict === "ready") finish(() => resolve("ready"));
      else if (verdict === "stuck") stuck ??= setTimeout(() => finish(() => resolve("stuck")), STUCK_MS);
    };
    const stop = monitor.listen(judge);
    const timer = setTimeout(() => finish(() => resolve("timeout")), timeoutMs);
    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort, { once: true });
      judge();
    }
  });
}
