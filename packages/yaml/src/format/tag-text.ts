import { uriCharacters } from "../parse/characters.ts";
import { longTag } from "../resolve/tags.ts";

/** A tag as written in a document. */
export interface TagText {
  readonly text: string;
  /** What Go counts of it when it measures an implicit key. */
  readonly simpleLength: number;
}

const encoder = new TextEncoder();
const standardPrefix = "tag:yaml.org,2002:";

/** `!!int`, `!custom`, or `!<tag:example.com,2000:x>` for tags without a handle. */
export function tagText(tag: string): TagText {
  const long = longTag(tag);
  const handle = long.startsWith("!") ? "!" : long.startsWith(standardPrefix) ? "!!" : "";
  const suffix = handle === "!!" ? long.slice(standardPrefix.length) : long.slice(handle.length);
  const escaped = escapeUri(suffix);
  return {
    text: handle === "" ? `!<${escaped}>` : handle + escaped,
    simpleLength: handle.length + encoder.encode(suffix).length,
  };
}

/** Percent-encodes what may not stand in a tag; `!` and `%` are encoded too. */
function escapeUri(text: string): string {
  let escaped = "";
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isPlain = code < 128 && uriCharacters[code] === 1 && character !== "!" && character !== "%";
    if (isPlain) escaped += character;
    else
      for (const octet of encoder.encode(character)) escaped += `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}
