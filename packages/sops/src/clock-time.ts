/** A point in time as metadata holds it: RFC 3339 in UTC, without fractions. */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
