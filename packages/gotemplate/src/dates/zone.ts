/** The offset of a time zone at an instant. */
export interface ZoneOffset {
  /** Seconds east of Greenwich. */
  readonly seconds: number;
  /** `CET`, or `+03` where the zone has no letters. */
  readonly abbreviation: string;
}

/** A time zone: a name of the IANA database, or a fixed offset. */
export interface Zone {
  readonly name: string;
  offsetAt(unixSeconds: number): ZoneOffset;
}

export const utc: Zone = { name: "UTC", offsetAt: () => ({ seconds: 0, abbreviation: "UTC" }) };

export function fixedZone(abbreviation: string, seconds: number): Zone {
  return { name: abbreviation, offsetAt: () => ({ seconds, abbreviation }) };
}

/** Names of zones that English readers know only by their offset get letters from here: those of Europe. */
const abbreviations: Readonly<Record<string, readonly [standard: string, summer: string]>> = {
  "America/New_York": ["EST", "EDT"],
  "America/Toronto": ["EST", "EDT"],
  "America/Chicago": ["CST", "CDT"],
  "America/Denver": ["MST", "MDT"],
  "America/Los_Angeles": ["PST", "PDT"],
  "Europe/London": ["GMT", "BST"],
  "Europe/Dublin": ["GMT", "IST"],
  "Europe/Lisbon": ["WET", "WEST"],
  "Asia/Tokyo": ["JST", "JDT"],
  "Asia/Kolkata": ["IST", "IST"],
  "Asia/Calcutta": ["IST", "IST"],
  "Asia/Shanghai": ["CST", "CDT"],
  "Asia/Hong_Kong": ["HKT", "HKST"],
  "Asia/Seoul": ["KST", "KDT"],
  "Asia/Jerusalem": ["IST", "IDT"],
  "Australia/Sydney": ["AEST", "AEDT"],
  "Australia/Melbourne": ["AEST", "AEDT"],
  "Australia/Brisbane": ["AEST", "AEST"],
  "Australia/Adelaide": ["ACST", "ACDT"],
  "Australia/Perth": ["AWST", "AWDT"],
  "Pacific/Auckland": ["NZST", "NZDT"],
  "Europe/Moscow": ["MSK", "MSD"],
  "Africa/Johannesburg": ["SAST", "SAST"],
  "Africa/Nairobi": ["EAT", "EAT"],
  "Africa/Lagos": ["WAT", "WAT"],
  "Africa/Cairo": ["EET", "EEST"],
  "Africa/Casablanca": ["+01", "+01"],
};

const centralEuropean = new Set(
  "Amsterdam Andorra Belgrade Berlin Bratislava Brussels Budapest Copenhagen Gibraltar Ljubljana Luxembourg Madrid Malta Monaco Oslo Paris Podgorica Prague Rome San_Marino Sarajevo Skopje Stockholm Tirane Vaduz Vatican Vienna Warsaw Zagreb Zurich".split(
    " ",
  ),
);
const easternEuropean = new Set(
  "Athens Bucharest Chisinau Helsinki Kiev Kyiv Mariehamn Riga Sofia Tallinn Vilnius".split(" "),
);

function europeanNames(zone: string): readonly [string, string] | undefined {
  const city = zone.startsWith("Europe/") ? zone.slice("Europe/".length) : "";
  if (centralEuropean.has(city)) return ["CET", "CEST"];
  if (easternEuropean.has(city)) return ["EET", "EEST"];
  return undefined;
}

function offsetText(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  const rest = Math.floor(minutes % 60);
  return (seconds < 0 ? "-" : "+") + hours + (rest === 0 ? "" : String(rest).padStart(2, "0"));
}

const zones: Map<string, Zone | undefined> = new Map();

/**
 * Finds a zone of the IANA database, `UTC` for an empty name; `undefined` when there is none. Names are compared
 * exactly, as file names are.
 */
export function findZone(name: string): Zone | undefined {
  if (name === "" || name === "UTC") return utc;
  if (!zones.has(name)) zones.set(name, createZone(name));
  return zones.get(name);
}

function createZone(name: string): Zone | undefined {
  if (/^[-+]|\.\.|^\/|\\/.test(name)) return undefined;
  let parts: Intl.DateTimeFormat;
  try {
    parts = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
      timeZoneName: "short",
    });
  } catch {
    return undefined;
  }
  const names = abbreviations[name] ?? europeanNames(name);
  function secondsAt(unixSeconds: number): { readonly seconds: number; readonly label: string } {
    const fields: Record<string, string> = {};
    for (const { type, value } of parts.formatToParts(unixSeconds * 1000)) fields[type] = value;
    const year = fields["era"] === "BC" ? 1 - Number(fields["year"]) : Number(fields["year"]);
    const date = new Date(0);
    date.setUTCFullYear(year, Number(fields["month"]) - 1, Number(fields["day"]));
    date.setUTCHours(Number(fields["hour"]), Number(fields["minute"]), Number(fields["second"]));
    return { seconds: date.getTime() / 1000 - unixSeconds, label: fields["timeZoneName"] ?? "" };
  }
  return {
    name,
    offsetAt: (unixSeconds) => {
      const { seconds, label } = secondsAt(unixSeconds);
      if (names !== undefined) {
        const year = new Date(unixSeconds * 1000).getUTCFullYear();
        const inWinter = [0, 6].map((month) => secondsAt(Date.UTC(year, month, 1) / 1000).seconds);
        return { seconds, abbreviation: seconds > Math.min(...inWinter) ? names[1] : names[0] };
      }
      return { seconds, abbreviation: /^[A-Z]{3,5}$/.test(label) && label !== "GMT" ? label : zeroOr(name, seconds) };
    },
  };
}

function zeroOr(name: string, seconds: number): string {
  if (seconds === 0 && /GMT|Africa|Greenwich/.test(name)) return "GMT";
  return seconds === 0 && /UTC|UCT|Zulu/.test(name) ? "UTC" : offsetText(seconds);
}
