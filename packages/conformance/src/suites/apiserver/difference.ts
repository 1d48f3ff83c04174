import { isObject, type Answer, type Json } from "./answer.ts";
import type { Step } from "./scenario.ts";

/** How many differences of one step are shown. */
const shownPerStep = 12;

/** Verbs of steps that prepare and are not answered. */
const silent = new Set(["kind", "define"]);

/** Describes where our answers are not the real ones, step by step; `undefined` if nowhere. */
export function compareAnswers(
  steps: readonly Step[],
  real: readonly Answer[],
  ours: readonly Answer[],
): string | undefined {
  const answered = steps.filter(({ verb }) => !silent.has(verb));
  const blocks = answered.flatMap((step, index) => {
    const lines = [...differences("", asJson(real[index]), asJson(ours[index]))];
    if (lines.length === 0) return [];
    const shown = lines.slice(0, shownPerStep).map((line) => `    ${line}`);
    if (lines.length > shownPerStep) shown.push(`    … and ${lines.length - shownPerStep} more`);
    return [`  ${index + 1}. ${step.line}`, ...shown];
  });
  return blocks.length === 0 ? undefined : blocks.join("\n");
}

function asJson(answer: Answer | undefined): Json {
  return (answer ?? null) as unknown as Json;
}

function* differences(path: string, real: Json | undefined, ours: Json | undefined): Iterable<string> {
  if (isObject(real) && isObject(ours)) {
    for (const key of new Set([...Object.keys(real), ...Object.keys(ours)])) {
      yield* differences(path === "" ? key : `${path}.${key}`, real[key], ours[key]);
    }
    return;
  }
  if (Array.isArray(real) && Array.isArray(ours)) {
    for (let index = 0; index < Math.max(real.length, ours.length); index++) {
      yield* differences(`${path}[${index}]`, real[index] as Json | undefined, ours[index] as Json | undefined);
    }
    return;
  }
  if (real === ours) return;
  if (real === undefined) yield `${path}: ours ${show(ours)}, real has none`;
  else if (ours === undefined) yield `${path}: real ${show(real)}, ours has none`;
  else {
    yield `${path}: real ${show(real)}`;
    yield `${" ".repeat(path.length)}  ours ${show(ours)}`;
  }
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 1200 ? `${text.slice(0, 1200)}…` : text;
}
