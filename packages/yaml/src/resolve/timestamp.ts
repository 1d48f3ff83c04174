const shape =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](\d\d?):(\d\d?):(\d\d?)([.,]\d+)?(Z|[-+]\d\d:\d\d))|(?: +(\d\d?):(\d\d?):(\d\d?)([.,]\d+)?))?$/;

/** A point in time as Go's `time.Time` prints it in JSON, or `undefined` when the text is not one of YAML's forms. */
export function parseTimestamp(text: string): string | undefined {
  // The cheap test first: scalars that begin with four digits and a dash are rare.
  if (text.charCodeAt(4) !== 0x2d) return undefined;
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hourT, minuteT, secondT, fractionT, zone = "Z"] = match;
  const hour = hourT ?? match[9] ?? "0";
  const minute = minuteT ?? match[10] ?? "0";
  const second = secondT ?? match[11] ?? "0";
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  if (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) return undefined;
  if (zone !== "Z" && (Number(zone.slice(1, 3)) > 24 || Number(zone.slice(4)) > 60)) return undefined;
  const fraction = (fractionT ?? match[12] ?? "").slice(1, 10).replace(/0+$/, "");
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}:${second.padStart(2, "0")}`;
  const offset = zone === "+00:00" || zone === "-00:00" ? "Z" : zone;
  return `${date}T${time}${fraction === "" ? "" : `.${fraction}`}${offset}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
