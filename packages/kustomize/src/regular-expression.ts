import { KustomizeError } from "./errors.ts";
import { parsePattern } from "./go-regexp/parser.ts";
import { compileProgram, runProgram } from "./go-regexp/program.ts";
import { RegExpSyntaxError } from "./go-regexp/syntax.ts";

/** Tells whether a text matches. */
export interface Matcher {
  test(text: string): boolean;
}

/** A pattern without special characters, anchored as kustomize anchors selectors: most are so. */
const literalPattern = /^\^\(\?:([-A-Za-z0-9_/ :]*)\)\$$/;
const cache = new Map<string, Matcher>();
const maximumCached = 1024;
const maximumLength = 4096;

/**
 * Compiles a regular expression of Go's dialect, which promises time linear in the text; JavaScript's own engine does
 * not, and patterns come from strangers. Throws `InvalidPatch` with Go's message.
 */
export function compileGoRegExp(pattern: string): Matcher {
  let matcher = cache.get(pattern);
  if (matcher === undefined) {
    matcher = compile(pattern);
    if (cache.size >= maximumCached) cache.clear();
    cache.set(pattern, matcher);
  }
  return matcher;
}

function compile(pattern: string): Matcher {
  const literal = literalPattern.exec(pattern)?.[1];
  if (literal !== undefined) return { test: (text) => text === literal };
  try {
    if (pattern.length > maximumLength) throw new RegExpSyntaxError("expression too large", pattern);
    const program = compileProgram(parsePattern(pattern), pattern);
    return { test: (text) => runProgram(program, text) };
  } catch (thrown) {
    if (!(thrown instanceof RegExpSyntaxError)) throw thrown;
    throw new KustomizeError("InvalidPatch", thrown.message, { cause: thrown });
  }
}
