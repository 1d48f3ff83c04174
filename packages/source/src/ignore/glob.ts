/** One element of a glob: any run of characters, any one character, or one out of ranges. */
type Token =
  | { readonly kind: "run" }
  | { readonly kind: "any" }
  | {
      readonly kind: "one";
      readonly ranges: readonly (readonly [low: string, high: string])[];
      readonly isNegated: boolean;
    };

function literal(character: string): Token {
  return { kind: "one", ranges: [[character, character]], isNegated: false };
}

/** Reads the characters and ranges of `[…]`, from after the bracket; `undefined` when it does not end. */
function parseClass(pattern: readonly string[], start: number): { token: Token; next: number } | undefined {
  let at = start;
  const isNegated = pattern[at] === "^";
  if (isNegated) at++;
  const ranges: (readonly [string, string])[] = [];
  const character = (): string | undefined => {
    const next = pattern[at++];
    if (next === "\\") return pattern[at++];
    return next === "-" || next === "]" ? undefined : next;
  };
  while (pattern[at] !== "]" || ranges.length === 0) {
    const low = character();
    if (low === undefined) return undefined;
    if (pattern[at] !== "-") {
      ranges.push([low, low]);
      continue;
    }
    at++;
    const high = character();
    if (high === undefined) return undefined;
    ranges.push([low, high]);
  }
  return { token: { kind: "one", ranges, isNegated }, next: at + 1 };
}

function tokenize(pattern: string): readonly Token[] | undefined {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length;) {
    const character = characters[at++] ?? "";
    if (character === "*") tokens.push({ kind: "run" });
    else if (character === "?") tokens.push({ kind: "any" });
    else if (character === "\\") {
      const escaped = characters[at++];
      if (escaped === undefined) return undefined;
      tokens.push(literal(escaped));
    } else if (character === "[") {
      const parsed = parseClass(characters, at);
      if (parsed === undefined) return undefined;
      tokens.push(parsed.token);
      at = parsed.next;
    } else tokens.push(literal(character));
  }
  return tokens;
}

function accepts(token: Token, character: string): boolean {
  if (token.kind !== "one") return true;
  const code = character.codePointAt(0) ?? 0;
  const isIn = token.ranges.some(
    ([low, high]) => (low.codePointAt(0) ?? 0) <= code && code <= (high.codePointAt(0) ?? 0),
  );
  return isIn !== token.isNegated;
}

/**
 * Compiles a glob over one path segment, as Go's `path.Match` reads it: `*`, `?`, `[a-z]`, `[^a]` and `\` before any of
 * them. A malformed glob matches nothing. Takes at most (length of the name × length of the glob) steps.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const tokens = tokenize(pattern);
  if (tokens === undefined) return () => false;
  return (name) => {
    const characters = Array.from(name);
    let at = 0;
    let token = 0;
    let runToken = -1; // the last `*`, and where in the name it ends for now
    let runEnd = 0;
    while (at < characters.length) {
      const current = tokens[token];
      if (current?.kind === "run") {
        runToken = token++;
        runEnd = at;
      } else if (current !== undefined && accepts(current, characters[at] ?? "")) {
        at++;
        token++;
      } else if (runToken >= 0) {
        token = runToken + 1;
        at = ++runEnd;
      } else {
        return false;
      }
    }
    return tokens.slice(token).every((each) => each.kind === "run");
  };
}
