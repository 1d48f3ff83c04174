import type { Clock } from "@sluice/kube";

/** The moment as Kubernetes writes times: RFC 3339 in UTC, to the second. */
export function timestampOf(clock: Pick<Clock, "now">): string {
  return formatTimestamp(clock.now());
}

/** Milliseconds since the epoch as RFC 3339 in UTC, to the second. */
export function formatTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
