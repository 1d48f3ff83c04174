import { isWord } from "./classes.ts";
import { type Assertion, type CharacterTest, type Expression, RegExpSyntaxError } from "./syntax.ts";

/** One step of a program. `next` and `other` are indexes of instructions. */
export type Instruction =
  | { readonly type: "character"; readonly test: CharacterTest; next: number }
  | { readonly type: "assertion"; readonly assertion: Assertion; next: number }
  | { readonly type: "split"; next: number; other: number }
  | { readonly type: "match" };

/** A nondeterministic automaton: all ways through it are followed at once, so that time is linear in the text. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

const maximumInstructions = 10_000;

/** Compiles an expression. Throws {@link RegExpSyntaxError} when repetitions make it too large. */
export function compileProgram(expression: Expression, pattern: string): Program {
  const compiler = new Compiler(pattern);
  const end = compiler.add({ type: "match" });
  const start = compiler.compile(expression, end);
  return { instructions: compiler.instructions, start };
}

class Compiler {
  readonly instructions: Instruction[] = [];
  readonly #pattern: string;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  add(instruction: Instruction): number {
    if (this.instructions.length >= maximumInstructions) {
      throw new RegExpSyntaxError("expression too large", this.#pattern);
    }
    return this.instructions.push(instruction) - 1;
  }

  /** Adds what matches the expression and goes on at `next`; returns where it begins. */
  compile(expression: Expression, next: number): number {
    switch (expression.type) {
      case "empty":
        return next;
      case "character":
        return this.add({ type: "character", test: expression.test, next });
      case "assertion":
        return this.add({ type: "assertion", assertion: expression.assertion, next });
      case "sequence":
        return expression.parts.reduceRight((after, part) => this.compile(part, after), next);
      case "choice":
        return expression.options
          .map((option) => this.compile(option, next))
          .reduceRight((other, start) => this.add({ type: "split", next: start, other }));
      case "repeat":
        return this.#repeat(expression, next);
    }
  }

  #repeat({ part, least, most }: Expression & { readonly type: "repeat" }, next: number): number {
    let at = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop: Instruction = { type: "split", next: 0, other: next };
      at = this.add(loop);
      loop.next = this.compile(part, at);
    } else {
      for (let count = least; count < most; count++) {
        at = this.add({ type: "split", next: this.compile(part, at), other: next });
      }
    }
    for (let count = 0; count < least; count++) at = this.compile(part, at);
    return at;
  }
}

/** Whether the program matches anywhere in the text. */
export function runProgram({ instructions, start }: Program, text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let threads: number[] = [];
  for (let at = 0; at <= codes.length; at++) {
    const seen = new Uint8Array(instructions.length);
    const waiting: number[] = [];
    for (const thread of [...threads, start]) {
      if (follow(instructions, thread, { codes, at, seen, waiting })) return true;
    }
    const code = codes[at];
    if (code === undefined) return false;
    threads = [];
    for (const index of waiting) {
      const instruction = instructions[index];
      if (instruction?.type === "character" && instruction.test(code)) threads.push(instruction.next);
    }
  }
  return false;
}

interface Step {
  readonly codes: readonly number[];
  readonly at: number;
  readonly seen: Uint8Array;
  /** Instructions that wait for a character. */
  readonly waiting: number[];
}

/** Follows all ways that need no character. Returns whether one ends in a match. */
function follow(instructions: readonly Instruction[], from: number, step: Step): boolean {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (step.seen[index] === 1) continue;
    step.seen[index] = 1;
    const instruction = instructions[index];
    switch (instruction?.type) {
      case "match":
        return true;
      case "split":
        open.push(instruction.other, instruction.next);
        break;
      case "assertion":
        if (holds(instruction.assertion, step)) open.push(instruction.next);
        break;
      case "character":
        step.waiting.push(index);
        break;
      case undefined:
        break;
    }
  }
  return false;
}

function holds(assertion: Assertion, { codes, at }: Step): boolean {
  switch (assertion) {
    case "textStart":
      return at === 0;
    case "textEnd":
      return at === codes.length;
    case "lineStart":
      return at === 0 || codes[at - 1] === 0x0a;
    case "lineEnd":
      return at === codes.length || codes[at] === 0x0a;
    case "wordBoundary":
      return isWordAt(codes, at - 1) !== isWordAt(codes, at);
    case "noWordBoundary":
      return isWordAt(codes, at - 1) === isWordAt(codes, at);
  }
}

function isWordAt(codes: readonly number[], at: number): boolean {
  const code = codes[at];
  return code !== undefined && isWord(code);
}
