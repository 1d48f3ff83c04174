import { messageOf } from "@sluice/errors";
import { usageError } from "../errors.ts";
import type { Command } from "./command.ts";
import type { Flag, Flags } from "./flag.ts";
import { closest } from "./suggest.ts";

/** The hidden command whose words are not its own. */
const COMPLETE = "__complete";

/** A command line, understood. */
export interface ParsedLine {
  /** From the program down to the command that was named. */
  readonly path: readonly Command[];
  readonly args: readonly string[];
  /** Initial values included. */
  readonly values: { readonly [name: string]: unknown };
  /** Flags that stood on the line. */
  readonly given: ReadonlySet<string>;
  /** `--help`, `-h`, or a command that only holds others. */
  readonly wantsHelp: boolean;
  /** What to tell the user about deprecated flags. */
  readonly warnings: readonly string[];
}

/** The command at the end of a path. */
export function leafOf(path: readonly Command[]): Command {
  const leaf = path.at(-1);
  if (leaf === undefined) throw new RangeError("a command path is never empty");
  return leaf;
}

/** All flags that the last command of a path understands: its own and its parents' persistent ones. */
export function flagsOf(path: readonly Command[]): Flags {
  const leaf = leafOf(path);
  return Object.assign({}, ...path.map((command) => command.persistentFlags), leaf.flags) as Flags;
}

/** The path as the user types it: `flux get sources git`. */
export function formatPath(program: string, path: readonly Command[]): string {
  return [program, ...path.slice(1).map((command) => command.name)].join(" ");
}

/** Reads a command line. Throws a `Usage` error that names the word it could not place. */
export function parseLine(program: string, root: Command, argv: readonly string[]): ParsedLine {
  const { path, rest, asksForHelp } = findCommand(program, root, argv);
  const leaf = leafOf(path);
  const parsed = parseFlags(flagsOf(path), rest);
  const wantsHelp = asksForHelp || parsed.wantsHelp || leaf.run === undefined;
  if (!wantsHelp && leaf.usage === "" && parsed.args.length > 0) {
    throw usageError(`unknown command "${parsed.args[0] ?? ""}" for "${formatPath(program, path)}"`);
  }
  return { path, ...parsed, wantsHelp };
}

/** Walks down the tree by the words that are no flags; what is not a command name stays in `rest`, in order. */
function findCommand(
  program: string,
  root: Command,
  argv: readonly string[],
): { path: Command[]; rest: string[]; asksForHelp: boolean } {
  const path = [root];
  const rest: string[] = [];
  let asksForHelp = false;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--") {
      rest.push(...argv.slice(index));
      break;
    }
    if (word.startsWith("-") && word !== "-") {
      rest.push(word);
      if (takesNextWord(flagsOf(path), word) && index + 1 < argv.length) rest.push(argv[++index] ?? "");
      continue;
    }
    const current = leafOf(path);
    if (current.commands.length === 0) {
      rest.push(word);
      continue;
    }
    if (word === "help" && path.length === 1) {
      asksForHelp = true;
      continue;
    }
    path.push(subcommand(program, path, word));
    // What a completion script hands over is somebody else's command line, mistakes and flags included.
    if (word === COMPLETE) {
      rest.push("--", ...argv.slice(index + 1));
      break;
    }
  }
  return { path, rest, asksForHelp };
}

function subcommand(program: string, path: readonly Command[], word: string): Command {
  const { commands } = leafOf(path);
  const found = commands.find((each) => each.name === word || each.aliases.includes(word));
  if (found !== undefined) return found;
  const names = commands.filter((each) => !each.hidden).flatMap((each) => [each.name, ...each.aliases]);
  const suggestion = closest(word, names);
  const hint = suggestion === undefined ? "" : `, did you mean "${suggestion}"?`;
  throw usageError(`unknown command "${word}" for "${formatPath(program, path)}"${hint}`);
}

/**
 * Walks down the tree as far as the words go, for completion: unknown words end the walk instead of failing.
 * `complete` is false when the last word is a flag that still waits for its value.
 */
export function locateCommand(
  root: Command,
  words: readonly string[],
): { readonly path: readonly Command[]; readonly complete: boolean } {
  const path = [root];
  let waits = false;
  for (const word of words) {
    if (waits) waits = false;
    else if (word === "--") break;
    else if (word.startsWith("-") && word !== "-") waits = takesNextWord(flagsOf(path), word);
    else {
      const next = leafOf(path).commands.find((each) => each.name === word || each.aliases.includes(word));
      if (next !== undefined) path.push(next);
    }
  }
  return { path, complete: !waits };
}

/** Whether a flag word is completed by the next one. Unknown flags count as such, as they may belong further down. */
export function takesNextWord(flags: Flags, word: string): boolean {
  if (word.includes("=")) return false;
  if (word.startsWith("--")) {
    if (word === "--help") return false;
    return flags[word.slice(2)]?.bare === undefined;
  }
  for (let index = 1; index < word.length; index++) {
    const letter = word.charAt(index);
    if (letter === "h") continue;
    const found = findShort(flags, letter);
    if (found?.[1].bare === undefined) return index === word.length - 1;
  }
  return false;
}

function findShort(flags: Flags, letter: string): [string, Flag<unknown>] | undefined {
  return Object.entries(flags).find(([, flag]) => flag.short === letter);
}

type FlagParse = Pick<ParsedLine, "args" | "values" | "given" | "wantsHelp" | "warnings">;

function parseFlags(flags: Flags, words: readonly string[]): FlagParse {
  const values: { [name: string]: unknown } = {};
  for (const [name, flag] of Object.entries(flags)) values[name] = flag.initial;
  const given = new Set<string>();
  const args: string[] = [];
  const warnings: string[] = [];
  let wantsHelp = false;

  const set = (name: string, flag: Flag<unknown>, value: string, spelled: string): void => {
    try {
      values[name] = flag.parse(value, given.has(name) ? values[name] : undefined);
    } catch (error) {
      throw usageError(`invalid argument ${JSON.stringify(value)} for "${spelled}" flag: ${messageOf(error)}`);
    }
    if (flag.deprecated !== undefined && !given.has(name)) {
      warnings.push(`Flag --${name} has been deprecated, ${flag.deprecated}`);
    }
    given.add(name);
  };
  const spell = (name: string, flag: Flag<unknown>): string =>
    flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;

  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      args.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      if (name === "help") {
        wantsHelp = true;
        continue;
      }
      const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
      if (flag === undefined) {
        const suggestion = closest(name, Object.keys(flags));
        throw usageError(`unknown flag: --${name}${suggestion === undefined ? "" : `, did you mean --${suggestion}?`}`);
      }
      const following = words[index + 1];
      if (equals >= 0) set(name, flag, word.slice(equals + 1), spell(name, flag));
      else if (flag.bare !== undefined) set(name, flag, flag.bare, spell(name, flag));
      else if (following === undefined) throw usageError(`flag needs an argument: --${name}`);
      else {
        set(name, flag, following, spell(name, flag));
        index++;
      }
      continue;
    }
    for (let position = 1; position < word.length; position++) {
      const letter = word.charAt(position);
      const found = findShort(flags, letter);
      if (found === undefined) {
        if (letter !== "h") throw usageError(`unknown shorthand flag: '${letter}' in ${word}`);
        wantsHelp = true;
        continue;
      }
      const [name, flag] = found;
      const tail = word.slice(position + 1);
      const following = words[index + 1];
      if (tail.startsWith("=")) set(name, flag, tail.slice(1), spell(name, flag));
      else if (flag.bare !== undefined) {
        set(name, flag, flag.bare, spell(name, flag));
        continue;
      } else if (tail !== "") set(name, flag, tail, spell(name, flag));
      else if (following === undefined) throw usageError(`flag needs an argument: '${letter}' in ${word}`);
      else {
        set(name, flag, following, spell(name, flag));
        index++;
      }
      break;
    }
  }
  return { args, values, given, wantsHelp, warnings };
}
