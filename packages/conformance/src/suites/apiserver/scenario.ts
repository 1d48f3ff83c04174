import { createHash } from "node:crypto";

/** One request, or one look at a watch. */
export interface Step {
  /** As it is written, for reports. */
  readonly line: string;
  /** What later steps call its answer by: `{before.metadata.uid}`. */
  readonly label: string | undefined;
  /** The first word: `apply`, `create`, `watch`, … */
  readonly verb: string;
  readonly words: readonly string[];
  /** YAML, indentation removed; `undefined` where the step has none. */
  readonly body: string | undefined;
}

/** Steps that run in a namespace of their own, on each server. */
export interface Scenario {
  /** `FOLDER/FILE/SCENARIO`: unique, and what `known-differences.txt` names. */
  readonly name: string;
  /** Of the text: a recording is only good for the steps that it was made from. */
  readonly digest: string;
  readonly steps: readonly Step[];
}

/** The scenarios of one concern, and what they need on the server. */
export interface ScenarioFile {
  /** `FOLDER/FILE`. */
  readonly name: string;
  /** Run once before the scenarios, not compared: definitions of custom resources. */
  readonly setup: readonly Step[];
  readonly scenarios: readonly Scenario[];
}

/**
 * Reads a txtar archive: each member is a scenario, except one called `setup`. A step is a line
 * `[LABEL =] VERB WORD…`, followed by its body, which is indented or, on the same line, comes after ` | `.
 * Lines that begin with `#` are comments.
 */
export function parseScenarioFile(name: string, text: string): ScenarioFile {
  const marks = [...text.matchAll(/^-- (.+?) --\n/gm)];
  let setup: readonly Step[] = [];
  let setupText = "";
  const scenarios: Scenario[] = [];
  marks.forEach((mark, index) => {
    const member = (mark[1] ?? "").trim();
    const content = text.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? text.length);
    if (member === "setup") {
      setup = parseSteps(content);
      setupText = content;
      return;
    }
    const scenario = { name: `${name}/${member}`, digest: digestOf(setupText + content), steps: parseSteps(content) };
    if (scenarios.some((other) => other.name === scenario.name)) throw new SyntaxError(`${scenario.name} occurs twice`);
    if (scenario.steps.length === 0) throw new SyntaxError(`${scenario.name} has no steps`);
    scenarios.push(scenario);
  });
  return { name, setup, scenarios };
}

/** The last part of a scenario's name: what it is called in its file. */
export function memberOf({ name }: Scenario): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Reads the lines of one scenario. */
export function parseSteps(text: string): Step[] {
  const steps: Step[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^\s/.test(line)) throw new SyntaxError(`a body without a step: ${line}`);
    const block: string[] = [];
    while (/^(?:\s+\S|\s*$)/.test(lines[index + 1] ?? "x")) block.push(lines[++index] ?? "");
    steps.push(parseStep(line, block));
  }
  return steps;
}

function parseStep(line: string, block: readonly string[]): Step {
  const bar = line.indexOf(" | ");
  const head = (bar < 0 ? line : line.slice(0, bar)).trim();
  const labelled = /^([a-z][a-z0-9]*) = (.*)$/.exec(head);
  const [verb = "", ...words] = (labelled?.[2] ?? head).split(/\s+/);
  const indented = dedent(block);
  const body = bar < 0 ? (indented === "" ? undefined : indented) : line.slice(bar + 3).trim();
  return { line: line.trim(), label: labelled?.[1], verb, words, body };
}

function dedent(block: readonly string[]): string {
  const written = block.filter((line) => line.trim() !== "");
  const margin = Math.min(...written.map((line) => line.length - line.trimStart().length));
  return block
    .map((line) => line.slice(margin))
    .join("\n")
    .trim();
}
