import { unquoteCharacter } from "../value/unquote.ts";
import { parseGoFloat, parseGoInteger } from "../value/number-text.ts";
import { quoteText } from "../printf/quote.ts";

/** The kinds as which a literal can be read. */
export interface NumberLiteral {
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** Reads a Go number or character literal. Throws `SyntaxError` with Go's message. */
export function parseNumberLiteral(text: string): NumberLiteral {
  if (text.startsWith("'")) {
    const code = unquoteCharacter(text);
    if (code === undefined) throw new SyntaxError(`malformed character constant: ${text}`);
    return { int: BigInt(code), uint: BigInt(code), float: code };
  }
  if (text.endsWith("i")) throw new SyntaxError(`complex numbers are not supported: ${text}`);
  const whole = parseGoInteger(text);
  if (whole !== undefined && whole >= minInt64 && whole <= maxUint64) {
    return {
      int: whole <= maxInt64 ? whole : undefined,
      uint: whole >= 0n && !/^[+-]/.test(text) ? whole : whole === 0n ? 0n : undefined,
      float: Number(whole),
    };
  }
  const float = parseGoFloat(text);
  if (float === undefined || !Number.isFinite(float))
    throw new SyntaxError(`illegal number syntax: ${quoteText(text)}`);
  if (!/[.eEpP]/.test(text)) throw new SyntaxError(`integer overflow: ${quoteText(text)}`);
  const integral = Number.isInteger(float) ? BigInt(float) : undefined;
  return {
    int: integral !== undefined && integral >= minInt64 && integral <= maxInt64 ? integral : undefined,
    uint: integral !== undefined && integral >= 0n && integral <= maxUint64 ? integral : undefined,
    float,
  };
}
