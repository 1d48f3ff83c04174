import { type Expression, parsePattern } from "./syntax.ts";

/** Decides whether a text contains a match. */
export type Matcher = (text: string) => boolean;

/** One step of the machine. `targets` are step numbers. */
type Step =
  | { readonly type: "character"; readonly test: (character: string) => boolean }
  | { readonly type: "assertion"; readonly test: (before: string, after: string) => boolean }
  | { readonly type: "split"; readonly targets: number[] }
  | { readonly type: "match" };

/** Repeats are written out, so a pattern can grow beyond its text; RE2 has a limit like this, too. */
const MAX_STEPS = 20_000;

/**
 * Compiles a regular expression in RE2's syntax, as Go programs use it. All alternatives are followed at once, so time
 * is linear in the text however the pattern was meant: patterns come from files that anybody may have written.
 * @throws SyntaxError
 */
export function compilePattern(pattern: string): Matcher {
  const steps: Step[] = [];
  compile(parsePattern(pattern), steps);
  push(steps, { type: "match" });
  return (text) => run(steps, Array.from(text));
}

function compile(expression: Expression, steps: Step[]): void {
  switch (expression.type) {
    case "character":
    case "assertion":
      push(steps, expression);
      return;
    case "sequence":
      for (const item of expression.items) compile(item, steps);
      return;
    case "choice":
      compileChoice(expression.items, steps);
      return;
    case "repeat":
      compileRepeat(expression, steps);
      return;
  }
}

function compileChoice(items: readonly Expression[], steps: Step[]): void {
  const starts: number[] = [];
  const ends: number[][] = [];
  push(steps, { type: "split", targets: starts });
  for (const item of items) {
    starts.push(steps.length);
    compile(item, steps);
    const end: number[] = [];
    ends.push(end);
    push(steps, { type: "split", targets: end });
  }
  for (const end of ends) end.push(steps.length);
}

function compileRepeat({ item, min, max }: Expression & { type: "repeat" }, steps: Step[]): void {
  for (let count = 0; count < min; count++) compile(item, steps);
  if (max === Number.POSITIVE_INFINITY) {
    const start = steps.length;
    const targets: number[] = [start + 1];
    push(steps, { type: "split", targets });
    compile(item, steps);
    push(steps, { type: "split", targets: [start] });
    targets.push(steps.length);
    return;
  }
  const exits: number[][] = [];
  for (let count = min; count < max; count++) {
    const targets = [steps.length + 1];
    exits.push(targets);
    push(steps, { type: "split", targets });
    compile(item, steps);
  }
  for (const targets of exits) targets.push(steps.length);
}

function push(steps: Step[], step: Step): void {
  if (steps.length >= MAX_STEPS) throw new SyntaxError("regular expression is too large");
  steps.push(step);
}

function run(steps: readonly Step[], characters: readonly string[]): boolean {
  let current = new Set<number>();
  for (let at = 0; at <= characters.length; at++) {
    const before = characters[at - 1] ?? "";
    const after = characters[at] ?? "";
    // A match may begin anywhere.
    follow(steps, [...current, 0], current, before, after);
    const next = new Set<number>();
    for (const index of current) {
      const step = steps[index];
      if (step?.type === "match") return true;
      if (step?.type === "character" && at < characters.length && step.test(after)) next.add(index + 1);
    }
    current = next;
  }
  return false;
}

/** Adds to `reached` every step that can be reached without reading a character. */
function follow(
  steps: readonly Step[],
  starts: readonly number[],
  reached: Set<number>,
  before: string,
  after: string,
): void {
  reached.clear();
  const open = [...starts];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    const step = steps[index];
    if (step?.type === "split") open.push(...step.targets);
    else if (step?.type === "assertion" && step.test(before, after)) open.push(index + 1);
  }
}
