import { FunctionError } from "../errors.ts";
import { fn } from "../exec/function.ts";
import { int, GoObject, type Kind, type Value, type GoFunction } from "../value/value.ts";
import { GoDuration } from "./go-duration.ts";
import { type CivilTime, dayNames, monthNames } from "./civil.ts";
import { formatTime } from "./layout.ts";
import { utc, type Zone } from "./zone.ts";

/** Seconds from the year 1, where Go's zero time is, to 1970. */
const ZERO_SECONDS = -62_135_596_800;

/** A named integer of package `time` that prints as a word. */
class NamedInteger extends GoObject {
  readonly kind: Kind = "int";
  readonly typeName: string;
  readonly #value: number;
  readonly #text: string;

  constructor(typeName: string, value: number, text: string) {
    super();
    this.typeName = typeName;
    this.#value = value;
    this.#text = text;
  }

  override field(name: string): Value | undefined {
    return name === "" ? int(BigInt(this.#value)) : undefined;
  }

  override method(name: string): GoFunction | undefined {
    return name === "String" ? fn([], () => this.#text) : undefined;
  }

  override text(): string {
    return this.#text;
  }
}

/** Go's `time.Time`. */
export class GoTime extends GoObject {
  readonly typeName = "time.Time";
  readonly kind: Kind = "struct";
  readonly unixSeconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  readonly zone: Zone;

  constructor(unixSeconds: number, nanoseconds: number, zone: Zone) {
    super();
    this.unixSeconds = unixSeconds;
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }

  static zero(): GoTime {
    return new GoTime(ZERO_SECONDS, 0, utc);
  }

  static fromMilliseconds(milliseconds: number, zone: Zone): GoTime {
    const seconds = Math.floor(milliseconds / 1000);
    return new GoTime(seconds, Math.round((milliseconds - seconds * 1000) * 1e6), zone);
  }

  in(zone: Zone): GoTime {
    return new GoTime(this.unixSeconds, this.nanoseconds, zone);
  }

  add(nanoseconds: bigint): GoTime {
    const total = BigInt(this.unixSeconds) * 1_000_000_000n + BigInt(this.nanoseconds) + nanoseconds;
    const rest = ((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    return new GoTime(Number((total - rest) / 1_000_000_000n), Number(rest), this.zone);
  }

  /** Nanoseconds from the other time to this one. */
  since(other: GoTime): bigint {
    const seconds = BigInt(this.unixSeconds) - BigInt(other.unixSeconds);
    return seconds * 1_000_000_000n + BigInt(this.nanoseconds - other.nanoseconds);
  }

  civil(): CivilTime {
    const { seconds } = this.zone.offsetAt(this.unixSeconds);
    const date = new Date((this.unixSeconds + seconds) * 1000);
    const year = date.getUTCFullYear();
    const newYear = new Date(0).setUTCFullYear(year, 0, 1);
    return {
      year,
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      weekday: date.getUTCDay(),
      yearDay: Math.floor((date.getTime() - newYear) / 86_400_000) + 1,
    };
  }

  override equals(other: GoObject): boolean {
    return (
      other instanceof GoTime &&
      other.unixSeconds === this.unixSeconds &&
      other.nanoseconds === this.nanoseconds &&
      other.zone === this.zone
    );
  }

  override text(): string {
    return formatTime(this, "2006-01-02 15:04:05.999999999 -0700 MST");
  }

  override json(): string {
    return formatTime(this, "2006-01-02T15:04:05.999999999Z07:00");
  }

  override method(name: string): GoFunction | undefined {
    const method = methods.get(name);
    return method?.(this);
  }
}

/** The time that a parameter of that type holds. */
export function asTime(value: Value): GoTime {
  if (value instanceof GoTime) return value;
  throw new FunctionError("expected time.Time");
}

function addDate(time: GoTime, years: number, months: number, days: number): GoTime {
  const { seconds } = time.zone.offsetAt(time.unixSeconds);
  const date = new Date((time.unixSeconds + seconds) * 1000);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days);
  return atWallClock(date.getTime() / 1000, time.nanoseconds, time.zone);
}

/** The instant at which a zone's clock shows a time, given as if it were UTC. */
export function atWallClock(wallSeconds: number, nanoseconds: number, zone: Zone): GoTime {
  let offset = zone.offsetAt(wallSeconds).seconds;
  const again = zone.offsetAt(wallSeconds - offset).seconds;
  if (again !== offset) {
    const other = zone.offsetAt(wallSeconds - again).seconds;
    offset = other === again ? again : Math.min(offset, again);
  }
  return new GoTime(wallSeconds - offset, nanoseconds, zone);
}

type MethodFactory = (time: GoTime) => GoFunction;

function number(read: (time: GoTime) => number): MethodFactory {
  return (time) => fn([], () => int(BigInt(read(time))));
}

const methods: ReadonlyMap<string, MethodFactory> = new Map<string, MethodFactory>([
  ["Year", number((time) => time.civil().year)],
  ["Day", number((time) => time.civil().day)],
  ["Hour", number((time) => time.civil().hour)],
  ["Minute", number((time) => time.civil().minute)],
  ["Second", number((time) => time.civil().second)],
  ["Nanosecond", number((time) => time.nanoseconds)],
  ["YearDay", number((time) => time.civil().yearDay)],
  [
    "Month",
    (time) =>
      fn([], () => {
        const { month } = time.civil();
        return new NamedInteger("time.Month", month, monthNames[month - 1] ?? "");
      }),
  ],
  [
    "Weekday",
    (time) =>
      fn([], () => {
        const { weekday } = time.civil();
        return new NamedInteger("time.Weekday", weekday, dayNames[weekday] ?? "");
      }),
  ],
  ["Unix", (time) => fn([], () => BigInt(time.unixSeconds))],
  ["UnixMilli", (time) => fn([], () => BigInt(time.unixSeconds) * 1000n + BigInt(Math.floor(time.nanoseconds / 1e6)))],
  [
    "UnixMicro",
    (time) => fn([], () => BigInt(time.unixSeconds) * 1_000_000n + BigInt(Math.floor(time.nanoseconds / 1e3))),
  ],
  ["UnixNano", (time) => fn([], () => BigInt(time.unixSeconds) * 1_000_000_000n + BigInt(time.nanoseconds))],
  ["UTC", (time) => fn([], () => time.in(utc))],
  ["Format", (time) => fn(["string"], (layout) => formatTime(time, layout))],
  ["String", (time) => fn([], () => time.text())],
  ["IsZero", (time) => fn([], () => time.unixSeconds === ZERO_SECONDS && time.nanoseconds === 0)],
  ["AddDate", (time) => fn(["int", "int", "int"], (years, months, days) => addDate(time, years, months, days))],
  ["Add", (time) => fn(["any"], (duration) => time.add(duration instanceof GoDuration ? duration.nanoseconds : 0n))],
  ["Sub", (time) => fn(["time"], (other) => new GoDuration(time.since(asTime(other))))],
  ["Before", (time) => fn(["any"], (other) => asTime(other).since(time) > 0n)],
  ["After", (time) => fn(["any"], (other) => asTime(other).since(time) < 0n)],
  ["Equal", (time) => fn(["any"], (other) => asTime(other).since(time) === 0n)],
]);
