const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const UNIT_MS: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: MINUTE_MS,
  h: HOUR_MS,
};

/** The longest duration that Go can express (2^63 nanoseconds), in milliseconds. */
const MAX_MS = 2 ** 63 / 1e6;

/**
 * Reads a Go duration (`1m30s`, `500ms`, `1.5h`) into milliseconds.
 * Throws `SyntaxError` for anything else, for negative durations and for those that Go could not hold.
 */
export function parseDuration(text: string): number {
  const invalid = (): SyntaxError => new SyntaxError(`invalid duration ${JSON.stringify(text)}`);
  if (text === "0") return 0;
  if (text.length > 64 || !/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) throw invalid();
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  if (!(total < MAX_MS)) throw invalid();
  return total;
}

/** Writes milliseconds as Go prints a duration: `1m0s`, `2h0m0s`, `1.5s`, `350ms`. Below a microsecond is dropped. */
export function formatDuration(milliseconds: number): string {
  const rounded = Math.round(milliseconds * 1000) / 1000;
  if (rounded === 0) return "0s";
  if (rounded < 1) return `${trimDecimal(rounded * 1000, 3)}µs`;
  if (rounded < 1000) return `${trimDecimal(rounded, 6)}ms`;
  const hours = Math.floor(rounded / HOUR_MS);
  const minutes = Math.floor((rounded % HOUR_MS) / MINUTE_MS);
  const seconds = `${trimDecimal((rounded % MINUTE_MS) / 1000, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function trimDecimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
