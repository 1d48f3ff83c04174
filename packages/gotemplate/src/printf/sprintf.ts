import { GoInt, integerOf, typeName, type Value } from "../value/value.ts";
import { checkText } from "../value/limits.ts";
import { type Directive, plainDirective } from "./directive.ts";
import { printArgument, valueText } from "./print-value.ts";

/** Larger widths and precisions are refused, as in Go. */
const MAX_NUMBER = 1_000_000;

/** Go's `fmt.Sprintf`. Mistakes show in the text, as `%!d(string=a)`. */
export function sprintf(format: string, args: readonly Value[]): string {
  return format.includes("%") || args.length > 0 ? new Formatter(format, args).format() : format;
}

/** Go's `fmt.Sprint`: blanks only between operands of which neither is a text. */
export function sprint(args: readonly Value[]): string {
  let text = "";
  let wasText = true;
  args.forEach((arg, index) => {
    const isText = typeof arg === "string";
    if (index > 0 && !isText && !wasText) text += " ";
    text += valueText(arg);
    checkText(text.length);
    wasText = isText;
  });
  return text;
}

/** Go's `fmt.Sprintln`. */
export function sprintln(args: readonly Value[]): string {
  return `${args.map(valueText).join(" ")}\n`;
}

class Formatter {
  readonly #format: string;
  readonly #args: readonly Value[];
  #at = 0;
  #next = 0;
  #text = "";
  /** An explicit index `[n]` was used: unused arguments are no mistake then. */
  #isReordered = false;
  #isGoodIndex = true;
  #isAfterIndex = false;

  constructor(format: string, args: readonly Value[]) {
    this.#format = format;
    this.#args = args;
  }

  format(): string {
    const format = this.#format;
    while (this.#at < format.length) {
      const percent = format.indexOf("%", this.#at);
      if (percent < 0) {
        this.#text += format.slice(this.#at);
        break;
      }
      this.#text += format.slice(this.#at, percent);
      this.#at = percent + 1;
      this.#isGoodIndex = true;
      this.#isAfterIndex = false;
      this.#directive();
      checkText(this.#text.length);
    }
    if (!this.#isReordered && this.#next < this.#args.length) this.#text += this.#extra();
    return this.#text;
  }

  #extra(): string {
    const texts = this.#args
      .slice(this.#next)
      .map((arg) => (arg === null || arg === undefined ? "<nil>" : `${typeName(arg)}=${valueText(arg)}`));
    return `%!(EXTRA ${texts.join(", ")})`;
  }

  #directive(): void {
    const format = this.#format;
    const directive = plainDirective();
    const flags = { "#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space" } as const;
    for (; this.#at < format.length; this.#at++) {
      const flag = flags[format[this.#at] as keyof typeof flags];
      if (flag === undefined) break;
      directive[flag] = true;
    }
    this.#argumentIndex();
    this.#width(directive);
    this.#precision(directive);
    if (!this.#isAfterIndex) this.#argumentIndex();
    const code = format.codePointAt(this.#at);
    if (code === undefined) {
      this.#text += "%!(NOVERB)";
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    this.#apply(verb, directive);
  }

  #apply(verb: string, directive: Directive): void {
    if (verb === "%") this.#text += "%";
    else if (!this.#isGoodIndex) this.#text += `%!${verb}(BADINDEX)`;
    else if (this.#next >= this.#args.length) this.#text += `%!${verb}(MISSING)`;
    else {
      if (verb === "v" || verb === "w") {
        directive.sharpV = directive.sharp;
        directive.plusV = directive.plus;
        directive.sharp = false;
        directive.plus = false;
      }
      this.#text += printArgument(this.#args[this.#next], verb, directive);
      this.#next++;
    }
  }

  #width(directive: Directive): void {
    if (this.#format[this.#at] === "*") {
      this.#at++;
      const width = this.#numberArgument();
      if (width === undefined) this.#text += "%!(BADWIDTH)";
      else if (width < 0) {
        directive.width = -width;
        directive.minus = true;
        directive.zero = false;
      } else directive.width = width;
      this.#isAfterIndex = false;
      return;
    }
    directive.width = this.#number();
    if (this.#isAfterIndex && directive.width !== undefined) this.#isGoodIndex = false;
  }

  #precision(directive: Directive): void {
    if (this.#format[this.#at] !== "." || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#isAfterIndex) this.#isGoodIndex = false;
    this.#argumentIndex();
    if (this.#format[this.#at] === "*") {
      this.#at++;
      const precision = this.#numberArgument();
      if (precision === undefined || precision < 0) this.#text += "%!(BADPREC)";
      else directive.precision = precision;
      this.#isAfterIndex = false;
      return;
    }
    directive.precision = this.#number() ?? 0;
  }

  #number(): number | undefined {
    const digits = /^[0-9]+/.exec(this.#format.slice(this.#at, this.#at + 9))?.[0];
    if (digits === undefined) return undefined;
    const value = Number(digits);
    if (value <= MAX_NUMBER) {
      this.#at += digits.length;
      return value;
    }
    // Go gives up at the digit that makes the number too large, having consumed everything.
    this.#at = this.#format.length;
    return undefined;
  }

  #numberArgument(): number | undefined {
    const arg = this.#args[this.#next];
    if (this.#next >= this.#args.length) return undefined;
    this.#next++;
    const value = typeof arg === "bigint" || arg instanceof GoInt ? integerOf(arg) : undefined;
    if (value === undefined || value > MAX_NUMBER || value < -MAX_NUMBER) return undefined;
    return Number(value);
  }

  /** `[n]` chooses the next argument. */
  #argumentIndex(): void {
    if (this.#format[this.#at] !== "[") {
      this.#isAfterIndex = false;
      return;
    }
    this.#isReordered = true;
    const close = this.#format.indexOf("]", this.#at);
    if (close < 0) {
      this.#isGoodIndex = false;
      this.#at++;
      this.#isAfterIndex = false;
      return;
    }
    const inner = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const isNumber = /^[0-9]+$/.test(inner) && Number(inner) <= MAX_NUMBER;
    this.#isAfterIndex = isNumber;
    const index = Number(inner) - 1;
    if (isNumber && index >= 0 && index < this.#args.length) this.#next = index;
    else this.#isGoodIndex = false;
  }
}
