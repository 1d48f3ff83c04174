const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/**
 * Go's YAML order of keys: by characters, but runs of digits by their number (`a2` before `a10`), and letters after
 * everything else. For use with `sort`.
 */
export function compareKeys(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  if (at === shorter) return left.length - right.length;
  const x = left.charCodeAt(at);
  const y = right.charCodeAt(at);
  if (x >= 0x80 || y >= 0x80 || isDigit(x) || isDigit(y)) return compareCharacters(left, right);
  const xIsLetter = isLetter(x);
  return xIsLetter === isLetter(y) ? x - y : xIsLetter ? 1 : -1;
}

/** The full rule, for keys that differ in numbers or beyond ASCII. */
function compareCharacters(left: string, right: string): number {
  const a = Array.from(left, (character) => character.codePointAt(0) ?? 0);
  const b = Array.from(right, (character) => character.codePointAt(0) ?? 0);
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    if (x === y) continue;
    const xIsLetter = isLetter(x);
    const yIsLetter = isLetter(y);
    if (xIsLetter && yIsLetter) return x - y;
    if (xIsLetter || yIsLetter) return xIsLetter ? 1 : -1;
    return compareNumbers(a, b, i) || x - y;
  }
  return a.length - b.length;
}

/** Compares the numbers that begin at `at`; 0 when they are equal and equally long. */
function compareNumbers(a: readonly number[], b: readonly number[], at: number): number {
  let x = 0n;
  let y = 0n;
  if (a[at] === 0x30 || b[at] === 0x30) {
    // A zero inside a number counts, unless only zeros stand before it.
    for (let i = at - 1; i >= 0 && isDigit(a[i] ?? 0); i--) {
      if (a[i] !== 0x30) {
        x = 1n;
        y = 1n;
        break;
      }
    }
  }
  const xEnd = digitsEnd(a, at);
  const yEnd = digitsEnd(b, at);
  for (let i = at; i < xEnd; i++) x = BigInt.asIntN(64, x * 10n + BigInt((a[i] ?? 0) - 0x30));
  for (let i = at; i < yEnd; i++) y = BigInt.asIntN(64, y * 10n + BigInt((b[i] ?? 0) - 0x30));
  if (x !== y) return x < y ? -1 : 1;
  return xEnd - yEnd;
}

function digitsEnd(points: readonly number[], from: number): number {
  let end = from;
  while (end < points.length && isDigit(points[end] ?? 0)) end++;
  return end;
}

function isLetter(point: number): boolean {
  if (point < 0x80) return (point | 0x20) >= 0x61 && (point | 0x20) <= 0x7a;
  return letter.test(String.fromCodePoint(point));
}

function isDigit(point: number): boolean {
  if (point < 0x80) return point >= 0x30 && point <= 0x39;
  return digit.test(String.fromCodePoint(point));
}
