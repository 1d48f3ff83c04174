import { formatFloat } from "@sluice/yaml";

/** Quotes text as Go's `%q` does, for messages that carry it. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const escape = shortEscapes.get(character);
    if (escape !== undefined) out += escape;
    else if (code < 0x20 || code === 0x7f) out += `\\x${hex(code, 2)}`;
    else if (isPrintable(code)) out += character;
    else if (code > 0xffff) out += `\\U${hex(code, 8)}`;
    else out += `\\u${hex(code, 4)}`;
  }
  return `${out}"`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}

function isPrintable(code: number): boolean {
  return (
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(String.fromCodePoint(code)) &&
    !(code > 0x20 && /\p{Zs}/u.test(String.fromCodePoint(code)))
  );
}

/** Prints a list as Go's `%v` does: `[a b]`. */
export function formatList(items: readonly string[]): string {
  return `[${items.join(" ")}]`;
}

/** Prints a float as Go's `%v` does: like YAML, but for what is no number. */
export function formatGoFloat(value: number): string {
  if (Number.isFinite(value)) return formatFloat(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
