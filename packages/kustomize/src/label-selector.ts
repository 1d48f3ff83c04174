import { KustomizeError } from "./errors.ts";

interface Requirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "absent" | "gt" | "lt";
  readonly values: readonly string[];
}

/**
 * Whether a set of labels matches a selector in Kubernetes' syntax (`app=web,tier in (a,b),!debug`); the empty one
 * matches all. Throws `InvalidPatch` for what is no selector.
 */
export function matchesSelector(selector: string, labels: () => ReadonlyMap<string, string>): boolean {
  if (selector === "") return true;
  const requirements = parseSelector(selector);
  const present = labels();
  return requirements.every((requirement) => matches(requirement, present));
}

function matches({ key, operator, values }: Requirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(key);
  switch (operator) {
    case "in":
      return value !== undefined && values.includes(value);
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "gt":
      return compare(value, values[0]) > 0;
    case "lt":
      return compare(value, values[0]) < 0;
  }
}

/** The difference of two integers; not a number, which is neither more nor less, when one is none. */
function compare(value: string | undefined, bound: string | undefined): number {
  if (value === undefined || bound === undefined || !/^[+-]?\d+$/.test(value) || !/^[+-]?\d+$/.test(bound))
    return Number.NaN;
  return Number(value) - Number(bound);
}

const tokens = /\s*(!=|==|=|!|<|>|\(|\)|,|[^\s!=<>(),]+)/y;

function tokenize(selector: string): string[] {
  const found: string[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < selector.length) {
    if (/^\s*$/.test(selector.slice(tokens.lastIndex))) break;
    const match = tokens.exec(selector);
    if (match === null) throw invalid(`unable to parse requirement: ${selector}`);
    found.push(match[1] ?? "");
  }
  return found;
}

function invalid(message: string): KustomizeError {
  return new KustomizeError("InvalidPatch", message);
}

function parseSelector(selector: string): Requirement[] {
  const reader = new Reader(tokenize(selector));
  const requirements: Requirement[] = [];
  while (!reader.isAtEnd) {
    requirements.push(reader.requirement());
    if (reader.isAtEnd) break;
    const separator = reader.next();
    if (separator !== ",") throw invalid(`found '${separator}', expected: ',' or 'end of string'`);
    if (reader.isAtEnd) throw invalid("found '', expected: identifier after ','");
  }
  return requirements;
}

const operators: ReadonlyMap<string, Requirement["operator"]> = new Map<string, Requirement["operator"]>([
  ["=", "in"],
  ["==", "in"],
  ["!=", "notin"],
  [">", "gt"],
  ["<", "lt"],
]);

const punctuation: ReadonlySet<string> = new Set(["!", "!=", "=", "==", "<", ">", "(", ")", ","]);
const name = /^(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const maximumNameLength = 317;

class Reader {
  readonly #tokens: readonly string[];
  #index = 0;

  constructor(found: readonly string[]) {
    this.#tokens = found;
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#tokens.length;
  }

  next(): string {
    return this.#tokens[this.#index++] ?? "";
  }

  requirement(): Requirement {
    if (this.#tokens[this.#index] === "!") {
      this.#index++;
      return { key: this.#key(), operator: "absent", values: [] };
    }
    const key = this.#key();
    const next = this.#tokens[this.#index];
    if (next === undefined || next === ",") return { key, operator: "exists", values: [] };
    this.#index++;
    if (next === "in" || next === "notin") return { key, operator: next, values: this.#values() };
    const operator = operators.get(next);
    if (operator === undefined) throw invalid(`found '${next}', expected: in, notin, =, ==, !=, gt, lt`);
    return { key, operator, values: [this.#value()] };
  }

  #key(): string {
    const key = this.next();
    if (key === "" || punctuation.has(key))
      throw invalid(`found '${key}', expected: !, identifier, or 'end of string'`);
    if (!name.test(key) || key.length > maximumNameLength) {
      throw invalid(
        `key: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      );
    }
    return key;
  }

  /** A value may be missing: `key=` wants the empty one. */
  #value(): string {
    const next = this.#tokens[this.#index];
    if (next === undefined || next === ",") return "";
    if (punctuation.has(next)) throw invalid(`found '${next}', expected: identifier`);
    this.#index++;
    return next;
  }

  #values(): readonly string[] {
    if (this.next() !== "(") throw invalid("found '', expected: '('");
    const values: string[] = [];
    for (;;) {
      const next = this.next();
      if (next === ")") return values.length === 0 ? [""] : values;
      if (next === ",") continue;
      if (next === "" || punctuation.has(next)) throw invalid(`found '${next}', expected: ',', or identifier`);
      values.push(next);
    }
  }
}
