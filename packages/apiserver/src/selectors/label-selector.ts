import { badRequest } from "../errors/status-errors.ts";
import { quote } from "../errors/field-errors.ts";
import { isLabelValue } from "../validation/names.ts";
import { objectAt, objectsAt, stringAt, stringsAt, type JsonObject } from "../json/json.ts";

/** One condition on one label. */
interface Requirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "!" | "gt" | "lt";
  readonly values: readonly string[];
}

/** Conditions on labels that all must hold. */
export class LabelSelector {
  readonly #requirements: readonly Requirement[];

  constructor(requirements: readonly Requirement[]) {
    this.#requirements = requirements;
  }

  get isEmpty(): boolean {
    return this.#requirements.length === 0;
  }

  matches(labels: { readonly [key: string]: string } | undefined): boolean {
    return this.#requirements.every((requirement) => holds(requirement, labels?.[requirement.key]));
  }

  /** As the text form of a scale subresource has it: `app=web,tier in (a,b)`. */
  toString(): string {
    return this.#requirements.map(formatRequirement).join(",");
  }
}

function holds({ operator, values }: Requirement, label: string | undefined): boolean {
  switch (operator) {
    case "in":
      return label !== undefined && values.includes(label);
    case "notin":
      return label === undefined || !values.includes(label);
    case "exists":
      return label !== undefined;
    case "!":
      return label === undefined;
    case "gt":
      return label !== undefined && Number(label) > Number(values[0]);
    case "lt":
      return label !== undefined && Number(label) < Number(values[0]);
  }
}

function formatRequirement({ key, operator, values }: Requirement): string {
  const sorted = values.toSorted().join(",");
  switch (operator) {
    case "in":
      return values.length === 1 ? `${key}=${sorted}` : `${key} in (${sorted})`;
    case "notin":
      return values.length === 1 ? `${key}!=${sorted}` : `${key} notin (${sorted})`;
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "gt":
      return `${key}>${sorted}`;
    case "lt":
      return `${key}<${sorted}`;
  }
}

const token = /\s*(?:(!=|==|=|!|<|>|\(|\)|,)|([^\s!=<>(),]+))/y;

/** Reads the text form of a request: `app=web,tier in (a, b),!legacy`. Throws a 400 for anything else. */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokenize(text);
  const requirements: Requirement[] = [];
  let position = 0;
  const fail = (found: string | undefined, expected: string): never => {
    throw badRequest(`unable to parse requirement: found '${found ?? ""}', expected: ${expected}`);
  };
  const word = (): string => {
    const next = tokens[position++];
    return next === undefined || isSymbol(next) ? fail(next, "identifier") : next;
  };
  const valueSet = (): string[] => {
    if (tokens[position++] !== "(") {
      throw badRequest(`unable to parse requirement: found '${tokens[position - 1] ?? ""}' expected: '('`);
    }
    const values: string[] = [];
    while (tokens[position] !== ")") {
      if (tokens[position] === ",") {
        position++;
        if (tokens[position] === ")" || tokens[position] === ",") values.push("");
      } else values.push(word());
      if (position >= tokens.length) fail(undefined, "',' or ')'");
    }
    position++;
    return values.length === 0 ? [""] : values;
  };
  while (position < tokens.length) {
    const first = tokens[position] ?? "";
    if (first !== "!" && isSymbol(first)) {
      throw badRequest(`found '${first}', expected: !, identifier, or 'end of string'`);
    }
    if (first === "!") {
      position++;
      requirements.push({ key: checkKey(word()), operator: "!", values: [] });
    } else {
      const key = checkKey(word());
      const operator = tokens[position];
      if (operator === undefined || operator === ",") requirements.push({ key, operator: "exists", values: [] });
      else {
        position++;
        const value = (): string => {
          const next = tokens[position];
          return next === undefined || next === "," ? "" : word();
        };
        const add = (made: Requirement["operator"], values: string[]): void => {
          requirements.push({ key, operator: made, values: checkValues(key, made, values) });
        };
        if (operator === "=" || operator === "==") add("in", [value()]);
        else if (operator === "!=") add("notin", [value()]);
        else if (operator === "in" || operator === "notin") add(operator, valueSet());
        else if (operator === ">" || operator === "<") add(operator === ">" ? "gt" : "lt", [value()]);
        else fail(operator, "in, notin, =, ==, !=, gt, lt");
      }
    }
    if (position < tokens.length) {
      if (tokens[position] !== ",") {
        throw badRequest(`found '${tokens[position]}', expected: ',' or 'end of string'`);
      }
      position++;
      if (position >= tokens.length) throw badRequest("found '', expected: identifier after ','");
    }
  }
  return new LabelSelector(requirements);
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const rest = text.slice(token.lastIndex);
    if (rest.trim() === "") break;
    const match = token.exec(text);
    if (match === null) throw badRequest(`unable to parse requirement: found '${rest}'`);
    tokens.push(match[1] ?? match[2] ?? "");
  }
  return tokens;
}

function isSymbol(text: string): boolean {
  return /^[!=<>(),]+$/.test(text);
}

function checkKey(key: string): string {
  const name = key.includes("/") ? key.slice(key.indexOf("/") + 1) : key;
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name) && name.length <= 63) return key;
  throw badRequest(
    `unable to parse requirement: <nil>: Invalid value: ${quote(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  );
}

function checkValues(key: string, operator: Requirement["operator"], values: string[]): string[] {
  for (const [index, value] of values.entries()) {
    const isNumeric = operator === "gt" || operator === "lt";
    if (isNumeric && !/^-?\d+$/.test(value)) {
      throw badRequest(
        `unable to parse requirement: values[${index}]: Invalid value: ${quote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
    for (const problem of isLabelValue(value)) {
      throw badRequest(
        `unable to parse requirement: values[${index}][${key}]: Invalid value: ${quote(value)}: ${problem}`,
      );
    }
  }
  return values;
}

const operators: Readonly<Record<string, Requirement["operator"]>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
};

/** Reads a `metav1.LabelSelector`. An absent one matches nothing, an empty one everything; both as upstream. */
export function labelSelectorOf(selector: JsonObject | undefined): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const labels = objectAt(selector, "matchLabels") ?? {};
  const requirements: Requirement[] = Object.keys(labels)
    .toSorted()
    .map((key) => ({ key, operator: "in", values: [stringAt(labels, key) ?? ""] }));
  for (const expression of objectsAt(selector, "matchExpressions")) {
    const operator = operators[stringAt(expression, "operator") ?? ""];
    if (operator === undefined) continue;
    requirements.push({ key: stringAt(expression, "key") ?? "", operator, values: stringsAt(expression, "values") });
  }
  return new LabelSelector(requirements);
}
