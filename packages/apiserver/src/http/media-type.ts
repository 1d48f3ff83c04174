import { noSuchRepresentation, notAcceptable } from "../errors/status-errors.ts";

/** One entry of an `Accept` header. */
interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** How an answer is to be written. */
export interface Representation {
  readonly encoding: "json" | "yaml";
  /** `Table`, `PartialObjectMetadata`, …: what the object is to be turned into; absent for itself. */
  readonly as?: string;
  /** Version of the group that `as` belongs to. */
  readonly asVersion?: string;
  readonly asGroup?: string;
}

function parseMediaRange(text: string): MediaRange {
  const [type = "", ...rest] = text.split(";");
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf("=");
    if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  const quality = Number(parameters.get("q") ?? "1");
  return { type: type.trim().toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

const encodings: Readonly<Record<string, Representation["encoding"]>> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "application/*": "json",
  "*/*": "json",
  "text/*": "yaml",
};

/**
 * Chooses how to answer. `transforms` are the `as` kinds that the endpoint can make; ranges that ask for others are
 * passed over. Throws a 406 when nothing fits.
 */
export function negotiate(
  accept: string | undefined,
  transforms: readonly string[] = [],
  isCollection = false,
): Representation {
  if (accept === undefined || accept.trim() === "") return { encoding: "json" };
  if (accept === "application/json") return { encoding: "json" };
  const ranges = accept.split(",").map(parseMediaRange);
  for (const range of ranges.toSorted((a, b) => b.quality - a.quality)) {
    const encoding = encodings[range.type];
    if (encoding === undefined || range.quality === 0) continue;
    const as = range.parameters.get("as");
    if (as === undefined) return { encoding };
    const asGroup = range.parameters.get("g") ?? "";
    const asVersion = range.parameters.get("v") ?? "";
    if (transforms.includes(`${asGroup}/${asVersion}/${as}`)) return { encoding, as, asGroup, asVersion };
  }
  throw ranges.some(({ type }) => encodings[type] !== undefined) ? noSuchRepresentation() : notAcceptable(isCollection);
}

/** The media type of a `Content-Type` header, without its parameters, in lower case. */
export function contentTypeOf(header: string | undefined): string {
  return (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
