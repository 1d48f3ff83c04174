import { isObject, type Json } from "../json/json.ts";

/** One step of a path. */
type Step = (values: readonly Json[]) => Json[];

/**
 * Reads the part of JSONPath that printer columns use: `.spec.a`, `['a']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`. Returns a
 * function that finds the values, or `undefined` for anything else.
 */
export function compileJsonPath(path: string): ((root: Json) => Json[]) | undefined {
  const steps: Step[] = [];
  let rest = path.replace(/^\{(.*)\}$/s, "$1").replace(/^\$/, "");
  while (rest !== "") {
    const parsed = nextStep(rest);
    if (parsed === undefined) return undefined;
    steps.push(parsed.step);
    rest = rest.slice(parsed.length);
  }
  return (root) => {
    let values: Json[] = [root];
    for (const step of steps) values = step(values);
    return values;
  };
}

function nextStep(text: string): { step: Step; length: number } | undefined {
  const dot = /^\.(\*|(?:[^.[\]\\]|\\.)+)/s.exec(text);
  if (dot?.[1] !== undefined) {
    return { step: dot[1] === "*" ? children : member(dot[1].replaceAll(/\\(.)/gs, "$1")), length: dot[0].length };
  }
  if (text === ".") return { step: (values) => [...values], length: 1 };
  const quoted = /^\[\s*(['"])(.*?)\1\s*\]/s.exec(text);
  if (quoted?.[2] !== undefined) return { step: member(quoted[2]), length: quoted[0].length };
  const index = /^\[(-?\d+)\]/.exec(text);
  if (index?.[1] !== undefined) return { step: item(Number(index[1])), length: index[0].length };
  const all = /^\[\*\]/.exec(text);
  if (all !== null) return { step: children, length: all[0].length };
  const filter = /^\[\?\(\s*@([^=!<>)]*?)\s*(?:(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([^)\s]+)))?\s*\)\]/s.exec(text);
  if (filter === null) return undefined;
  const [whole, path = "", operator, double, single, plain] = filter;
  const find = compileJsonPath(path);
  if (find === undefined) return undefined;
  const wanted = double ?? single ?? plain;
  const holds = (value: Json): boolean => {
    const [found] = find(value);
    if (operator === undefined) return found !== undefined;
    const isEqual = found !== undefined && formatJson(found) === wanted;
    return operator === "==" ? isEqual : !isEqual;
  };
  return { step: (values) => children(values).filter(holds), length: whole.length };
}

const member =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = isObject(value) ? value[name] : undefined;
      return found === undefined ? [] : [found];
    });

const item =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = Array.isArray(value) ? value.at(index) : undefined;
      return found === undefined ? [] : [found];
    });

const children: Step = (values) =>
  values.flatMap((value) => {
    if (Array.isArray(value)) return value;
    return isObject(value) ? Object.values(value).filter((each) => each !== undefined) : [];
  });

/** A value as a printer writes it: texts as they are, the rest as JSON. */
export function formatJson(value: Json): string {
  if (typeof value === "string") return value;
  return value === null ? "<nil>" : JSON.stringify(value);
}
