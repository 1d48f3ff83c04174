/** Writes a time as Go's RFC3339Nano: no trailing zeros in the fraction. */
export function rfc3339Nano(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.?0*Z$/, "Z");
}
