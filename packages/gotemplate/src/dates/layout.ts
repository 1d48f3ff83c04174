import { dayNames, type Moment, monthNames } from "./civil.ts";

/** The pieces of Go's reference time that a layout may contain. */
export const layoutPiece: RegExp =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|[345]|PM|pm|[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07|[.,](?:0+|9+)(?![0-9])/g;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** An offset as one of the `07` pieces writes it. */
function offsetText(seconds: number, piece: string): string {
  if (piece.startsWith("Z") && seconds === 0) return "Z";
  const absolute = Math.abs(seconds);
  const hours = two(Math.floor(absolute / 3600));
  const minutes = two(Math.floor((absolute % 3600) / 60));
  const rest = two(absolute % 60);
  const sign = seconds < 0 ? "-" : "+";
  switch (piece.slice(1)) {
    case "07":
      return sign + hours;
    case "0700":
      return sign + hours + minutes;
    case "07:00":
      return `${sign}${hours}:${minutes}`;
    case "070000":
      return sign + hours + minutes + rest;
    default:
      return `${sign}${hours}:${minutes}:${rest}`;
  }
}

function fractionText(nanoseconds: number, piece: string): string {
  const digits = String(nanoseconds)
    .padStart(9, "0")
    .slice(0, piece.length - 1)
    .padEnd(piece.length - 1, "0");
  if (piece[1] === "0") return piece.slice(0, 1) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : piece.slice(0, 1) + trimmed;
}

function yearText(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

/** Go's `Time.Format`. */
export function formatTime(time: Moment, layout: string): string {
  const civil = time.civil();
  const offset = time.zone.offsetAt(time.unixSeconds);
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  return layout.replace(layoutPiece, (piece) => {
    switch (piece) {
      case "January":
        return monthNames[civil.month - 1] ?? "";
      case "Jan":
        return (monthNames[civil.month - 1] ?? "").slice(0, 3);
      case "Monday":
        return dayNames[civil.weekday] ?? "";
      case "Mon":
        return (dayNames[civil.weekday] ?? "").slice(0, 3);
      case "MST":
        return offset.abbreviation === "" ? offsetText(offset.seconds, "-0700") : offset.abbreviation;
      case "002":
        return String(civil.yearDay).padStart(3, "0");
      case "__2":
        return String(civil.yearDay).padStart(3);
      case "01":
        return two(civil.month);
      case "1":
        return String(civil.month);
      case "02":
        return two(civil.day);
      case "_2":
        return String(civil.day).padStart(2);
      case "2":
        return String(civil.day);
      case "15":
        return two(civil.hour);
      case "03":
        return two(hour12);
      case "3":
        return String(hour12);
      case "04":
        return two(civil.minute);
      case "4":
        return String(civil.minute);
      case "05":
        return two(civil.second);
      case "5":
        return String(civil.second);
      case "2006":
        return yearText(civil.year);
      case "06":
        return two(((civil.year % 100) + 100) % 100);
      case "PM":
        return civil.hour >= 12 ? "PM" : "AM";
      case "pm":
        return civil.hour >= 12 ? "pm" : "am";
      default:
        return /^[.,]/.test(piece) ? fractionText(time.nanoseconds, piece) : offsetText(offset.seconds, piece);
    }
  });
}
