import { FunctionError } from "../errors.ts";
import { fn } from "../exec/function.ts";
import { quoteText } from "../printf/quote.ts";
import { GoObject, type Kind, type Value, type GoFunction } from "../value/value.ts";

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const MAX = 2n ** 63n;

/** Go's `time.Duration`. */
export class GoDuration extends GoObject {
  readonly typeName = "time.Duration";
  readonly kind: Kind = "int64";
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    super();
    this.nanoseconds = nanoseconds;
  }

  override field(name: string): Value | undefined {
    return name === "" ? this.nanoseconds : undefined;
  }

  override text(): string {
    return durationText(this.nanoseconds);
  }

  override json(): bigint {
    return this.nanoseconds;
  }

  override method(name: string): GoFunction | undefined {
    switch (name) {
      case "String":
        return fn([], () => this.text());
      case "Nanoseconds":
        return fn([], () => this.nanoseconds);
      case "Microseconds":
        return fn([], () => this.nanoseconds / 1000n);
      case "Milliseconds":
        return fn([], () => this.nanoseconds / 1_000_000n);
      case "Seconds":
        return fn([], () => Number(this.nanoseconds) / 1e9);
      case "Minutes":
        return fn([], () => Number(this.nanoseconds) / 6e10);
      case "Hours":
        return fn([], () => Number(this.nanoseconds) / 3.6e12);
      default:
        return undefined;
    }
  }
}

function decimal(value: bigint, unit: bigint): string {
  const digits = unit.toString().length - 1;
  const fraction = (value % unit).toString().padStart(digits, "0").replace(/0+$/, "");
  return `${value / unit}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Go's `Duration.String`: `1h15m30.5s`, `2.5ms`, `0s`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const value = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (value < 1000n) return `${sign}${value}ns`;
  if (value < 1_000_000n) return `${sign}${decimal(value, 1000n)}µs`;
  if (value < 1_000_000_000n) return `${sign}${decimal(value, 1_000_000n)}ms`;
  const seconds = `${decimal(value % 60_000_000_000n, 1_000_000_000n)}s`;
  const minutes = value / 60_000_000_000n;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Go's `time.ParseDuration`, in nanoseconds. Throws `FunctionError`. */
export function parseDuration(text: string): bigint {
  const invalid = (): FunctionError => new FunctionError(`time: invalid duration ${quoteText(text)}`);
  const isNegative = text.startsWith("-");
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw invalid();
  let total = 0n;
  while (rest !== "") {
    const number = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest);
    const [matched = "", whole = "", fraction = ""] = number ?? [];
    if (whole + fraction === "") throw invalid();
    rest = rest.slice(matched.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? "";
    if (unit === "") throw new FunctionError(`time: missing unit in duration ${quoteText(text)}`);
    rest = rest.slice(unit.length);
    const size = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (size === undefined)
      throw new FunctionError(`time: unknown unit ${quoteText(unit)} in duration ${quoteText(text)}`);
    const short = fraction.slice(0, 18);
    total += BigInt(whole || "0") * size + (BigInt(short || "0") * size) / 10n ** BigInt(short.length);
    if (total > MAX) throw invalid();
  }
  if (total === MAX && !isNegative) throw invalid();
  return isNegative ? -total : total;
}
