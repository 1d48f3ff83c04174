import { toBytes } from "../value/bytes.ts";
import { checkText } from "../value/limits.ts";
import { type Directive, pad } from "./directive.ts";
import { canBackquote, quoteText } from "./quote.ts";

function truncate(text: string, { precision }: Directive): string {
  if (precision === undefined || text.length <= precision) return text;
  return Array.from(text).slice(0, precision).join("");
}

/** Prints a text; `undefined` for a verb that texts do not have. */
export function formatText(text: string, verb: string, directive: Directive): string | undefined {
  switch (verb) {
    case "v":
      return directive.sharpV ? formatQuoted(text, directive) : pad(truncate(text, directive), directive);
    case "s":
      return pad(truncate(text, directive), directive);
    case "q":
      return formatQuoted(text, directive);
    case "x":
    case "X":
      return formatHex(toBytes(text), verb, directive);
    default:
      return undefined;
  }
}

function formatQuoted(text: string, directive: Directive): string {
  const short = truncate(text, directive);
  if (directive.sharp && canBackquote(short)) return pad(`\`${short}\``, directive);
  return pad(quoteText(short, directive.plus), directive);
}

/** `%x` of bytes: the precision is their number, blank and `#` separate and prefix. */
export function formatHex(bytes: Uint8Array, verb: "x" | "X", directive: Directive): string {
  const used = directive.precision === undefined ? bytes : bytes.subarray(0, directive.precision);
  if (used.length === 0) return pad("", directive);
  checkText(used.length * 5);
  const pairs = Array.from(used, (byte) => byte.toString(16).padStart(2, "0"));
  const prefix = directive.sharp ? "0x" : "";
  const text = directive.space ? pairs.map((pair) => prefix + pair).join(" ") : prefix + pairs.join("");
  return pad(verb === "X" ? text.toUpperCase() : text, directive);
}
