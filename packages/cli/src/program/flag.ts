import { parseDuration, formatDuration } from "../text/duration.ts";

/**
 * One flag of a command, with pflag's grammar: `--name value`, `--name=value`, `-n value`, `-nvalue`; booleans take
 * a value after `=` only.
 */
export interface Flag<T> {
  /** What the help shows as the value's type; `""` for booleans. */
  readonly type: string;
  readonly description: string;
  /** One letter. */
  readonly short?: string;
  readonly initial: T;
  /** How the help writes the initial value; `""` when it goes without saying. */
  readonly initialText: string;
  /** What the flag means without a value. Flags that need one have none. */
  readonly bare?: string;
  /** Not shown in the help, still accepted. */
  readonly hidden?: boolean;
  /** Accepted without effect; the text says what to know when it is used. */
  readonly deprecated?: string;
  /** Values offered by shell completion. */
  readonly choices?: readonly string[];
  /** Kubernetes names to offer instead: asked of the cluster. */
  readonly completes?: "namespaces" | "contexts" | "files";
  /** Reads one occurrence. `before` is the value of the earlier ones, absent at the first. Throws what is wrong. */
  parse(text: string, before: T | undefined): T;
}

/** Flags by name, in kebab case as on the command line. */
export type Flags = { readonly [name: string]: Flag<unknown> };

/** The values that a set of flags parses to. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** The parts of a flag that most have not. */
export type FlagExtras = Partial<Pick<Flag<unknown>, "short" | "hidden" | "deprecated" | "choices" | "completes">>;

export function text(description: string, initial = "", extras: FlagExtras = {}): Flag<string> {
  return {
    type: "string",
    description,
    initial,
    initialText: initial === "" ? "" : JSON.stringify(initial),
    parse: (value) => value,
    ...extras,
  };
}

const TRUE_WORDS: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE_WORDS: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

export function boolean(description: string, initial = false, extras: FlagExtras = {}): Flag<boolean> {
  return {
    type: "",
    description,
    initial,
    initialText: initial ? "true" : "",
    bare: "true",
    parse(value) {
      if (TRUE_WORDS.has(value)) return true;
      if (FALSE_WORDS.has(value)) return false;
      throw new SyntaxError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
    },
    ...extras,
  };
}

/** Occurrences add up, each may hold several values between commas; quotes as in CSV keep a comma in a value. */
export function list(
  description: string,
  initial: readonly string[] = [],
  extras: FlagExtras = {},
): Flag<readonly string[]> {
  return {
    type: "strings",
    description,
    initial,
    initialText: initial.length === 0 ? "" : `[${initial.join(",")}]`,
    parse: (value, before) => [...(before ?? []), ...splitCommas(value)],
    ...extras,
  };
}

/** Occurrences add up, commas are part of the value. */
export function array(description: string, extras: FlagExtras = {}): Flag<readonly string[]> {
  return {
    type: "stringArray",
    description,
    initial: [],
    initialText: "",
    parse: (value, before) => [...(before ?? []), value],
    ...extras,
  };
}

/** A duration in Go's notation (`1h30m`, `500ms`); the value is in milliseconds. */
export function duration(description: string, initialMs = 0, extras: FlagExtras = {}): Flag<number> {
  return {
    type: "duration",
    description,
    initial: initialMs,
    initialText: initialMs === 0 ? "" : formatDuration(initialMs),
    parse: parseDuration,
    ...extras,
  };
}

export function integer(description: string, initial = 0, extras: FlagExtras = {}): Flag<number> {
  return {
    type: "int",
    description,
    initial,
    initialText: initial === 0 ? "" : String(initial),
    parse(value) {
      if (!/^[+-]?\d+$/.test(value)) {
        throw new SyntaxError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
      }
      return Number(value);
    },
    ...extras,
  };
}

/** One of a few words. `wrong` makes the message for another one. */
export function choice<const T extends string>(
  description: string,
  choices: readonly T[],
  initial: T | "",
  wrong: (value: string) => string,
  extras: FlagExtras = {},
): Flag<T | ""> {
  return {
    type: "string",
    description,
    initial,
    initialText: initial,
    choices,
    parse(value) {
      const found = choices.find((each) => each === value);
      if (found === undefined) throw new SyntaxError(wrong(value));
      return found;
    },
    ...extras,
  };
}

/** A value with a grammar of its own. */
export function parsed<T>(
  description: string,
  initial: T,
  parse: (text: string) => T,
  extras: FlagExtras = {},
): Flag<T> {
  return { type: "string", description, initial, initialText: "", parse, ...extras };
}

function splitCommas(value: string): string[] {
  if (value === "") return [];
  if (!value.includes('"')) return value.split(",");
  const fields: string[] = [];
  for (const match of value.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
  }
  return fields;
}
