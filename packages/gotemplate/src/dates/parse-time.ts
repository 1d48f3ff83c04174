import { FunctionError } from "../errors.ts";
import { quoteText } from "../printf/quote.ts";
import { dayNames, monthNames } from "./civil.ts";
import { atWallClock, GoTime } from "./go-time.ts";
import { layoutPiece } from "./layout.ts";
import { fixedZone, utc, type Zone } from "./zone.ts";

interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  isAfternoon: boolean | undefined;
  /** Seconds east of Greenwich. */
  offset: number | undefined;
  zoneName: string | undefined;
}

class TimeParser {
  readonly #layout: string;
  readonly #text: string;
  readonly #fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    isAfternoon: undefined,
    offset: undefined,
    zoneName: undefined,
  };
  #rest: string;

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  #fail(piece: string): never {
    throw new FunctionError(
      `parsing time ${quoteText(this.#text)} as ${quoteText(this.#layout)}: cannot parse ${quoteText(this.#rest)} as ${quoteText(piece)}`,
    );
  }

  #refuse(reason: string): never {
    throw new FunctionError(`parsing time ${quoteText(this.#text)}${reason}`);
  }

  parse(local: Zone): GoTime {
    let last = 0;
    for (const match of this.#layout.matchAll(layoutPiece)) {
      this.#literal(this.#layout.slice(last, match.index));
      last = match.index + match[0].length;
      this.#piece(match[0], this.#layout.slice(last));
    }
    this.#literal(this.#layout.slice(last));
    if (this.#rest !== "") this.#refuse(`: extra text: ${quoteText(this.#rest)}`);
    return this.#assemble(local);
  }

  #literal(text: string): void {
    for (const character of text) {
      if (character === " ") {
        if (this.#rest !== "" && !this.#rest.startsWith(" ")) this.#fail(text);
        this.#rest = this.#rest.replace(/^ +/, "");
      } else if (this.#rest.startsWith(character)) this.#rest = this.#rest.slice(character.length);
      else this.#fail(text);
    }
  }

  #take(pattern: RegExp, piece: string): string {
    const match = pattern.exec(this.#rest)?.[0];
    if (match === undefined) return this.#fail(piece);
    this.#rest = this.#rest.slice(match.length);
    return match;
  }

  #number(pattern: RegExp, piece: string, range: readonly [low: number, high: number, name: string]): number {
    const value = Number(this.#take(pattern, piece));
    const [low, high, name] = range;
    if (value < low || value > high) this.#refuse(`: ${name} out of range`);
    return value;
  }

  #name(names: readonly string[], length: number | undefined, piece: string): number {
    const index = names.findIndex((name) => this.#rest.toLowerCase().startsWith(name.slice(0, length).toLowerCase()));
    if (index < 0) return this.#fail(piece);
    this.#rest = this.#rest.slice((names[index] ?? "").slice(0, length).length);
    return index;
  }

  #piece(piece: string, following: string): void {
    const fields = this.#fields;
    switch (piece) {
      case "2006":
        fields.year = Number(this.#take(/^[0-9]{4}/, piece));
        return;
      case "06": {
        const year = Number(this.#take(/^[0-9]{2}/, piece));
        fields.year = year + (year >= 69 ? 1900 : 2000);
        return;
      }
      case "January":
        fields.month = this.#name(monthNames, undefined, piece) + 1;
        return;
      case "Jan":
        fields.month = this.#name(monthNames, 3, piece) + 1;
        return;
      case "01":
        fields.month = this.#number(/^[0-9]{2}/, piece, [1, 12, "month"]);
        return;
      case "1":
        fields.month = this.#number(/^[0-9]{1,2}/, piece, [1, 12, "month"]);
        return;
      case "Monday":
        this.#name(dayNames, undefined, piece);
        return;
      case "Mon":
        this.#name(dayNames, 3, piece);
        return;
      case "02":
        fields.day = Number(this.#take(/^[0-9]{2}/, piece));
        return;
      case "_2":
      case "2":
        fields.day = Number(this.#take(piece === "2" ? /^[0-9]{1,2}/ : /^ ?[0-9]{1,2}/, piece));
        return;
      case "002":
      case "__2":
        fields.yearDay = Number(this.#take(/^[ 0-9]{0,2}[0-9]/, piece));
        return;
      case "15":
        fields.hour = this.#number(/^[0-9]{1,2}/, piece, [0, 23, "hour"]);
        return;
      case "03":
      case "3":
        fields.hour = this.#number(piece === "3" ? /^[0-9]{1,2}/ : /^[0-9]{2}/, piece, [0, 12, "hour"]);
        return;
      case "04":
      case "4":
        fields.minute = this.#number(piece === "4" ? /^[0-9]{1,2}/ : /^[0-9]{2}/, piece, [0, 59, "minute"]);
        return;
      case "05":
      case "5":
        fields.second = this.#number(piece === "5" ? /^[0-9]{1,2}/ : /^[0-9]{2}/, piece, [0, 59, "second"]);
        // A fraction may follow even where the layout has none.
        if (/^[.,][0-9]/.test(this.#rest) && !/^[.,][09]/.test(following))
          this.#fraction(this.#take(/^[.,][0-9]+/, piece));
        return;
      case "PM":
      case "pm":
        fields.isAfternoon = this.#take(piece === "PM" ? /^[AP]M/ : /^[ap]m/, piece).toLowerCase() === "pm";
        return;
      case "MST":
        fields.zoneName = this.#take(/^(?:[A-Z]{3,5}|[-+][0-9]{2,4})/, piece);
        return;
      default:
        if (/^[.,]/.test(piece)) this.#fractionPiece(piece);
        else this.#offset(piece);
    }
  }

  #fraction(text: string): void {
    this.#fields.nanoseconds = Number(text.slice(1, 10).padEnd(9, "0"));
  }

  #fractionPiece(piece: string): void {
    if (piece[1] === "0") this.#fraction(this.#take(new RegExp(`^[.,][0-9]{${piece.length - 1}}`), piece));
    else if (/^[.,][0-9]/.test(this.#rest)) this.#fraction(this.#take(/^[.,][0-9]+/, piece));
  }

  #offset(piece: string): void {
    if (piece.startsWith("Z") && this.#rest.startsWith("Z")) {
      this.#rest = this.#rest.slice(1);
      this.#fields.offset = 0;
      this.#fields.zoneName = "UTC";
      return;
    }
    const digits = piece.slice(1).replaceAll(/[0-9]{2}/g, "([0-9]{2})");
    const pattern = new RegExp(`^([-+])${digits}`);
    const match = pattern.exec(this.#rest);
    const [, sign, hours = "0", minutes = "0", seconds = "0"] = match ?? [];
    this.#take(pattern, piece);
    if (Number(hours) > 24 || Number(minutes) >= 60) this.#refuse(": time zone offset out of range");
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    this.#fields.offset = sign === "-" ? -offset : offset;
  }

  #assemble(local: Zone): GoTime {
    const { year, month, day, yearDay, minute, second, nanoseconds, isAfternoon, offset, zoneName } = this.#fields;
    let { hour } = this.#fields;
    if (isAfternoon === true && hour < 12) hour += 12;
    else if (isAfternoon === false && hour === 12) hour = 0;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (yearDay !== undefined) date.setUTCFullYear(year, 0, yearDay);
    else if (day < 1 || date.getUTCMonth() !== month - 1) this.#refuse(": day out of range");
    const wall = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
    if (offset !== undefined) {
      if (offset === 0 && zoneName === "UTC") return new GoTime(wall, nanoseconds, utc);
      const instant = wall - offset;
      const here = local.offsetAt(instant);
      if (here.seconds === offset && (zoneName === undefined || zoneName === here.abbreviation))
        return new GoTime(instant, nanoseconds, local);
      return new GoTime(instant, nanoseconds, fixedZone(zoneName ?? "", offset));
    }
    if (zoneName === undefined) return atWallClock(wall, nanoseconds, local);
    const candidate = atWallClock(wall, nanoseconds, local);
    if (local.offsetAt(candidate.unixSeconds).abbreviation === zoneName) return candidate;
    // An abbreviation says nothing about the offset, except that of GMT+n.
    return new GoTime(wall, nanoseconds, zoneName === "UTC" ? utc : fixedZone(zoneName, 0));
  }
}

/** Go's `time.ParseInLocation`. Throws `FunctionError` with Go's message. */
export function parseTime(layout: string, text: string, local: Zone): GoTime {
  return new TimeParser(layout, text).parse(local);
}
