/**
 * Cuts what a glob (`*`, `?`, `[a-z]`, `[^a-z]`; `*` also matches `/`) matches at the start of a value. At least one
 * character is tried: a lone `*` takes one at its shortest, not none.
 */
export function trimPrefix(value: string, pattern: string, reach: "shortest" | "longest"): string {
  const runes = Array.from(value);
  const glob = compile(pattern);
  if (glob === undefined) return value;
  const lengths = Array.from(runes, (_, index) => index + 1);
  if (reach === "longest") lengths.reverse();
  for (const length of lengths) if (matches(glob, runes.slice(0, length))) return runes.slice(length).join("");
  return value;
}

/**
 * The same at the end. Upstream reverses value and pattern rune by rune, so that a class in a suffix (`%[xz]`) is
 * malformed and matches nothing; templates out there have come to terms with that.
 */
export function trimSuffix(value: string, pattern: string, reach: "shortest" | "longest"): string {
  return reverse(trimPrefix(reverse(value), reverse(pattern), reach));
}

const reverse = (text: string): string => Array.from(text).toReversed().join("");

type Token = { readonly kind: "any" } | { readonly kind: "one"; accepts(rune: string): boolean };

/** Compiles a glob; `undefined` when it is malformed, which then matches nothing. */
function compile(pattern: string): Token[] | undefined {
  const runes = Array.from(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < runes.length; at++) {
    const rune = runes[at] ?? "";
    if (rune === "*") tokens.push({ kind: "any" });
    else if (rune === "?") tokens.push({ kind: "one", accepts: () => true });
    else if (rune === "[") {
      const end = runes.indexOf("]", at + 2);
      if (end < 0) return undefined;
      tokens.push(characterClass(runes.slice(at + 1, end)));
      at = end;
    } else {
      const literal = rune === "\\" && at + 1 < runes.length ? (runes[++at] ?? "") : rune;
      tokens.push({ kind: "one", accepts: (other) => other === literal });
    }
  }
  return tokens;
}

function characterClass(runes: readonly string[]): Token {
  const isNegated = runes[0] === "^";
  const members = isNegated ? runes.slice(1) : runes;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? "";
    if (members[at + 1] === "-" && at + 2 < members.length) {
      ranges.push([from, members[at + 2] ?? ""]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return { kind: "one", accepts: (rune) => ranges.some(([low, high]) => low <= rune && rune <= high) !== isNegated };
}

/** Whether a glob matches all of a text. Linear in pattern times text, whatever the pattern. */
function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let [token, at, lastAny, anyAt] = [0, 0, -1, 0];
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === "any") {
      lastAny = token++;
      anyAt = at;
    } else if (current?.accepts(text[at] ?? "") === true) {
      token++;
      at++;
    } else if (lastAny >= 0) {
      token = lastAny + 1;
      at = ++anyAt;
    } else return false;
  }
  return tokens.slice(token).every((each) => each.kind === "any");
}
