/** A delay that grows with every failure in a row. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Added at random on top, as a share of the delay: 0.1 means up to ten percent more. */
  readonly jitter: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The delay after so many failures in a row; the first failure is number 1. */
export function backoffMs(failures: number, options: BackoffOptions): number {
  // Beyond 2^52 doublings the exponent only overflows.
  const delayMs = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures - 1, 52));
  return delayMs * (1 + options.jitter * options.random());
}
