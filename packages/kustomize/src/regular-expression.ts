import { KustomizeError } from "./errors.ts";

const posixClasses: ReadonlyMap<string, string> = new Map([
  ["alnum", "0-9A-Za-z"],
  ["alpha", "A-Za-z"],
  ["ascii", "\\x00-\\x7F"],
  ["blank", "\\t "],
  ["cntrl", "\\x00-\\x1F\\x7F"],
  ["digit", "0-9"],
  ["graph", "!-~"],
  ["lower", "a-z"],
  ["print", " -~"],
  ["punct", "!-\\/:-@\\[-`{-~"],
  ["space", "\\t\\n\\v\\f\\r "],
  ["upper", "A-Z"],
  ["word", "0-9A-Za-z_"],
  ["xdigit", "0-9A-Fa-f"],
]);

const cache = new Map<string, RegExp>();
const maximumCached = 1024;
const maximumLength = 2048;

/**
 * Compiles a regular expression of Go's dialect. Throws `InvalidPatch` with Go's message for what Go refuses; what
 * only JavaScript knows (lookaround, back references) is refused as well.
 */
export function compileGoRegExp(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const compiled = compile(pattern);
  if (cache.size >= maximumCached) cache.clear();
  cache.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RegExp {
  if (pattern.length > maximumLength) throw refuse("expression too large", pattern);
  checkGroups(pattern);
  const { source, flags } = translate(pattern);
  try {
    return new RegExp(source, flags);
  } catch (thrown) {
    throw new KustomizeError("InvalidPatch", `error parsing regexp: ${describe(pattern)}: \`${pattern}\``, {
      cause: thrown,
    });
  }
}

function refuse(problem: string, pattern: string): KustomizeError {
  return new KustomizeError("InvalidPatch", `error parsing regexp: ${problem}: \`${pattern}\``);
}

/** Go's name for the most likely mistake. */
function describe(pattern: string): string {
  if (/^(?:\^\(\?:)?[*+?]/.test(pattern)) return "missing argument to repetition operator";
  if (/\[[^\]]*$/.test(pattern)) return "missing closing ]";
  return "invalid expression";
}

function checkGroups(pattern: string): void {
  let depth = 0;
  let inClass = false;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\") index++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") {
      inClass = true;
      if (pattern[index + 1] === "]") index++;
      else if (pattern.startsWith("^]", index + 1)) index += 2;
    } else if (character === "(") {
      if (/^\(\?(?:[=!]|<[=!])/.test(pattern.slice(index))) {
        throw refuse(`invalid or unsupported Perl syntax: \`${pattern.slice(index, index + 3)}\``, pattern);
      }
      depth++;
    } else if (character === ")" && --depth < 0) throw refuse("unexpected )", pattern);
  }
  if (depth > 0) throw refuse("missing closing )", pattern);
}

function translate(pattern: string): { readonly source: string; readonly flags: string } {
  const leading = /^(\^\(\?:|)\(\?([imsU]+)\)/.exec(pattern);
  const flags = (leading?.[2] ?? "").replace("U", "");
  const body = leading === null ? pattern : leading[1] + pattern.slice(leading[0].length);
  const source = body
    .replaceAll("(?P<", "(?<")
    .replace(/\[:(\^?)([a-z]+):\]/g, (all, negated: string, name: string) =>
      negated === "" ? (posixClasses.get(name) ?? all) : all,
    )
    .replace(/\\(?:A)/g, "^")
    .replace(/\\z/g, "$(?![\\s\\S])")
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return { source, flags };
}
