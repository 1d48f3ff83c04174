/** A random number in [0, 1), injected so that tests are repeatable. */
export type Random = () => number;

/**
 * Spreads an interval over ±`percentage` per cent, so that objects created together do not stay in lockstep.
 * Milliseconds in and out.
 */
export function jitter(intervalMs: number, percentage: number, random: Random): number {
  return Math.max(0, Math.round(intervalMs * (1 + ((random() * 2 - 1) * percentage) / 100)));
}
