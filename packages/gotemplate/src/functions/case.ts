/** Changes of case and the words that they see. */

const separatorAscii = /^[^A-Za-z0-9_]$/;
const letterOrDigit = /[\p{L}\p{Nd}]/u;
const space = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
const upper = /\p{Lu}/u;
const title = /\p{Lt}/u;
const lower = /\p{Ll}/u;

/** Go's `unicode.IsSpace`. */
export function isSpace(character: string): boolean {
  return space.test(character);
}

/** Go maps one character to one; what would become several stays. */
export function toUpper(character: string): string {
  const mapped = character.toUpperCase();
  return Array.from(mapped).length === 1 ? mapped : character;
}

export function toLower(character: string): string {
  const mapped = character.toLowerCase();
  return Array.from(mapped).length === 1 ? mapped : character;
}

export function upperText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toUpperCase() : Array.from(text, toUpper).join("");
}

export function lowerText(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : Array.from(text, toLower).join("");
}

function isSeparator(character: string): boolean {
  if (character.charCodeAt(0) < 0x80) return separatorAscii.test(character);
  return !letterOrDigit.test(character) && isSpace(character);
}

/** Go's `strings.Title`. */
export function titleText(text: string): string {
  let previous = " ";
  return Array.from(text, (character) => {
    const result = isSeparator(previous) ? toUpper(character) : character;
    previous = character;
    return result;
  }).join("");
}

/** The first character of each word in lower case. */
export function untitleText(text: string): string {
  let isStart = true;
  return Array.from(text, (character) => {
    if (isSpace(character)) isStart = true;
    else if (isStart) {
      isStart = false;
      return toLower(character);
    }
    return character;
  }).join("");
}

/** Upper becomes lower and lower upper. */
export function swapCase(text: string): string {
  return Array.from(text, (character) => {
    if (upper.test(character) || title.test(character)) return toLower(character);
    return lower.test(character) ? toUpper(character) : character;
  }).join("");
}

type WordKind = "number" | "upper" | "alphabet" | "connector" | "punctuation" | "other";

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const connectors = String.raw`[-_\t\n\v\f\r \u0085\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const words = new RegExp(
  [
    `(?<connector>${connectors}+)`,
    `(?<punctuation>(?:(?!${connectors})\\p{P})\\p{P}*)`,
    // An upper run leaves its last letter to the word that begins with it.
    String.raw`(?<upper>\p{Lu}+(?=\p{Lu}(?!\p{Lu})\p{L})|\p{Lu}{2,}|\p{Lu}(?:(?!\p{Lu})\p{L})*)`,
    String.raw`(?<alphabet>(?:(?!\p{Lu})\p{L})+)`,
    String.raw`(?<number>\p{N}+)`,
    `(?<other>(?:(?!${connectors})[^\\p{L}\\p{N}\\p{P}])+)`,
  ].join("|"),
  "gu",
);

function splitWords(text: string): Word[] {
  return Array.from(text.matchAll(words), ({ groups = {}, 0: match }) => {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) as WordKind | undefined;
    return { kind: kind ?? "other", text: match };
  });
}

function lowered({ kind, text }: Word, connector: string): string {
  if (kind === "upper") return lowerText(text);
  return kind === "connector" ? connector.repeat(Array.from(text).length) : text;
}

function isWord(word: Word | undefined): word is Word {
  return word !== undefined && word.kind !== "punctuation" && word.kind !== "connector";
}

function isTail(word: Word | undefined): word is Word {
  return word?.kind === "alphabet" || word?.kind === "number";
}

/** `HTTPServer2Go` becomes `http_server_2go`; the rules for numbers are xstrings'. */
export function separateWords(text: string, connector: "_" | "-"): string {
  const all = splitWords(text);
  let result = "";
  let at = 0;
  let word = all[0];
  if (word === undefined) return "";
  const take = (): Word | undefined => all[++at];
  while (at + 1 < all.length && word !== undefined) {
    if (word.kind !== "connector") result += lowered(word, connector);
    const previous: Word = word;
    word = take();
    if (previous.kind === "connector") result += lowered(previous, connector);
    else if (previous.kind === "number") {
      while (isTail(word)) {
        result += lowered(word, connector);
        word = take();
      }
      if (isWord(word)) result += connector;
    } else if (previous.kind !== "punctuation") {
      if (word?.kind !== "number") {
        if (isWord(word)) result += connector;
        continue;
      }
      if (at + 1 >= all.length) continue;
      const number: Word = word;
      word = take();
      if (word?.kind !== "alphabet") {
        result += lowered(number, connector);
        if (isWord(word)) result += connector;
        continue;
      }
      result += connector + lowered(number, connector);
      while (isTail(word)) {
        result += lowered(word, connector);
        word = take();
      }
      if (isWord(word)) result += connector;
    }
  }
  return word === undefined ? result : result + lowered(word, connector);
}

/** `http_server` becomes `HttpServer`; connectors at the ends stay. */
export function pascalCase(text: string): string {
  const characters = Array.from(text);
  const isConnector = (character: string): boolean => character === "-" || character === "_" || isSpace(character);
  const start = characters.findIndex((character) => !isConnector(character));
  if (start < 0) return text;
  let result = characters.slice(0, start).join("");
  const first = characters[start] ?? "";
  let isRunUpper = upper.test(first);
  let current = toUpper(first);
  if (start + 1 === characters.length) return result + current;
  for (const character of characters.slice(start + 1)) {
    const previous = current;
    current = character;
    if (isConnector(character) && isConnector(previous)) {
      result += previous;
      continue;
    }
    if (isConnector(previous)) {
      isRunUpper = upper.test(character);
      current = toUpper(character);
    } else {
      if (isRunUpper && upper.test(character)) current = toLower(character);
      else isRunUpper = false;
      result += previous;
    }
  }
  return result + current;
}
