import { type FuncMap, fn } from "../exec/function.ts";
import { durationText, parseDuration } from "../dates/go-duration.ts";
import { asTime, GoTime } from "../dates/go-time.ts";
import { formatTime } from "../dates/layout.ts";
import { parseTime } from "../dates/parse-time.ts";
import { findZone, utc, type Zone } from "../dates/zone.ts";
import { parseIntegerInBase } from "../value/number-text.ts";
import { GoInt, type Value, type GoFunction } from "../value/value.ts";
import { orElse } from "./encoding.ts";
import type { Environment } from "./environment.ts";

const SECOND = 1_000_000_000n;

/** Largest units first, as `durationRound` chooses among them. */
const units: readonly (readonly [size: bigint, name: string])[] = [
  [SECOND * 3600n * 24n * 365n, "y"],
  [SECOND * 3600n * 24n * 30n, "mo"],
  [SECOND * 3600n * 24n, "d"],
  [SECOND * 3600n, "h"],
  [SECOND * 60n, "m"],
  [SECOND, "s"],
];

function roundedDuration(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const unit = units.find(([length]) => size > length);
  return unit === undefined ? "0s" : `${size / unit[0]}${unit[1]}`;
}

/** Rounds to whole seconds, half away from zero. */
function wholeSeconds(nanoseconds: bigint): bigint {
  const half = nanoseconds < 0n ? -SECOND / 2n : SECOND / 2n;
  return ((nanoseconds + half) / SECOND) * SECOND;
}

function secondsOf(value: Value): bigint {
  if (typeof value === "bigint") return value;
  return typeof value === "string" ? (parseIntegerInBase(value, 10) ?? 0n) : 0n;
}

function isUnixTime(value: Value): value is bigint | GoInt {
  return typeof value === "bigint" || (value instanceof GoInt && (value.kind === "int" || value.kind === "int32"));
}

/** Dates need a clock and a local zone. */
export function dateFunctions({ now, timeZone = "UTC" }: Environment): FuncMap {
  const local: Zone = findZone(timeZone) ?? utc;
  const current = (): GoTime => GoTime.fromMilliseconds(now(), local);
  const timeOf = (value: Value): GoTime => {
    if (value instanceof GoTime) return value;
    if (!isUnixTime(value)) return current();
    return new GoTime(Number(typeof value === "bigint" ? value : value.value), 0, local);
  };
  const inZone = (layout: string, value: Value, zone: string): string =>
    formatTime(timeOf(value).in(zone === "Local" ? local : (findZone(zone) ?? utc)), layout);
  const since = (value: GoTime): bigint => current().since(value);
  const durationOf = (value: Value): bigint => {
    if (typeof value === "bigint") return value;
    if (typeof value === "string") return orElse(0n, () => parseDuration(value));
    return value instanceof GoTime ? since(value) : 0n;
  };
  const modify: GoFunction = fn(["string", "time"], (duration, time) =>
    orElse(asTime(time), () => asTime(time).add(parseDuration(duration))),
  );
  const mustModify: GoFunction = fn(["string", "time"], (duration, time) => asTime(time).add(parseDuration(duration)));
  const dateInZone: GoFunction = fn(["string", "any", "string"], inZone);
  return {
    now: fn([], current),
    date: fn(["string", "any"], (layout, value) => inZone(layout, value, "Local")),
    dateInZone,
    date_in_zone: dateInZone,
    htmlDate: fn(["any"], (value) => inZone("2006-01-02", value, "Local")),
    htmlDateInZone: fn(["any", "string"], (value, zone) => inZone("2006-01-02", value, zone)),
    dateModify: modify,
    date_modify: modify,
    mustDateModify: mustModify,
    must_date_modify: mustModify,
    ago: fn(["any"], (value) => durationText(wholeSeconds(since(timeOf(value))))),
    duration: fn(["any"], (value) => durationText(secondsOf(value) * SECOND)),
    durationRound: fn(["any"], (value) => roundedDuration(durationOf(value))),
    toDate: fn(["string", "string"], (layout, text) =>
      orElse<GoTime>(GoTime.zero(), () => parseTime(layout, text, local)),
    ),
    mustToDate: fn(["string", "string"], (layout, text) => parseTime(layout, text, local)),
    unixEpoch: fn(["time"], (time) => String(asTime(time).unixSeconds)),
  };
}
