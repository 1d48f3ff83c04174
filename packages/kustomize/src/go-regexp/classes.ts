import type { CharacterTest } from "./syntax.ts";

/** Ranges of code points, both ends included. */
export type Ranges = readonly (readonly [number, number])[];

const digit: Ranges = [[0x30, 0x39]];
const upper: Ranges = [[0x41, 0x5a]];
const lower: Ranges = [[0x61, 0x7a]];
const letter: Ranges = [...upper, ...lower];
const word: Ranges = [...digit, ...letter, [0x5f, 0x5f]];
const space: Ranges = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];

/** The classes that a backslash and a small letter name; the capital negates. */
export const perlClasses: ReadonlyMap<string, Ranges> = new Map([
  ["d", digit],
  ["s", space],
  ["w", word],
]);

/** The classes that `[[:name:]]` names. */
export const posixClasses: ReadonlyMap<string, Ranges> = new Map<string, Ranges>([
  ["alnum", [...digit, ...letter]],
  ["alpha", letter],
  ["ascii", [[0, 0x7f]]],
  [
    "blank",
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    "cntrl",
    [
      [0, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ["digit", digit],
  ["graph", [[0x21, 0x7e]]],
  ["lower", lower],
  ["print", [[0x20, 0x7e]]],
  [
    "punct",
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    "space",
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ["upper", upper],
  ["word", word],
  ["xdigit", [...digit, [0x41, 0x46], [0x61, 0x66]]],
]);

export function inRanges(ranges: Ranges): CharacterTest {
  return (code) => ranges.some(([first, last]) => code >= first && code <= last);
}

export function not(test: CharacterTest): CharacterTest {
  return (code) => !test(code);
}

export function anyOf(tests: readonly CharacterTest[]): CharacterTest {
  return (code) => tests.some((test) => test(code));
}

/** The same in both cases. */
export function foldCase(test: CharacterTest): CharacterTest {
  return (code) => {
    if (test(code)) return true;
    const text = String.fromCodePoint(code);
    return [text.toLowerCase(), text.toUpperCase()].some(
      (other) => other !== text && other.length === text.length && test(other.codePointAt(0) ?? code),
    );
  };
}

/** A class of Unicode by name (`L`, `Greek`); `undefined` when there is none. */
export function unicodeClass(name: string): CharacterTest | undefined {
  for (const property of [name, `Script=${name}`]) {
    try {
      const expression = new RegExp(`^\\p{${property}}$`, "u");
      return (code) => expression.test(String.fromCodePoint(code));
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
  }
  return undefined;
}

export const isWord: CharacterTest = inRanges(word);
