/** The present moment, injected so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The moment as Kubernetes writes times: RFC 3339 in UTC, to the second. */
export function timestampOf(clock: Clock): string {
  return formatTimestamp(clock.now());
}

/** Milliseconds since the epoch as RFC 3339 in UTC, to the second. */
export function formatTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
