/** Reads an RFC 3339 time; `undefined` for anything else. */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
