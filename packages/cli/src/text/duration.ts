/** Milliseconds per unit of Go's duration notation. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** A number, and everything up to the next one as its unit. */
const PART = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;

/** Reads a duration as Go writes it (`1h30m`, `500ms`, `0`) into milliseconds. Throws Go's own words for a wrong one. */
export function parseDuration(text: string): number {
  const refuse = (what: string): SyntaxError => new SyntaxError(`time: ${what} ${JSON.stringify(text)}`);
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  if (body === "") throw refuse("invalid duration");
  let total = 0;
  for (let position = 0; position < body.length; position = PART.lastIndex) {
    PART.lastIndex = position;
    const match = PART.exec(body);
    if (match === null) throw refuse("invalid duration");
    const [, number, unit = ""] = match;
    const factor = UNITS.get(unit);
    if (unit === "") throw refuse("missing unit in duration");
    if (factor === undefined) throw refuse(`unknown unit ${JSON.stringify(unit)} in duration`);
    total += Number(number) * factor;
  }
  return sign * total;
}

/** Writes milliseconds as Go prints a duration: `1m0s`, `1h0m0s`, `500ms`, `1.5s`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? "-" : "";
  const rest = Math.abs(milliseconds);
  if (rest === 0) return "0s";
  if (rest < 1e-3) return `${sign}${trim(rest * 1e6)}ns`;
  if (rest < 1) return `${sign}${trim(rest * 1e3)}µs`;
  if (rest < 1000) return `${sign}${trim(rest)}ms`;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor((rest % 3_600_000) / 60_000);
  const seconds = `${trim((rest % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

/** Writes an age as kubectl does: two units at most, coarser the older (`45s`, `3m20s`, `5h`, `2d3h`, `400d`, `3y`). */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) return pair(years, "y", days % 365, "d");
  return `${years}y`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)));
}
