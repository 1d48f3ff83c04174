import { CodedError } from "@sluice/errors";

/**
 * `Parse`: the text is no template. `Exec`: an action failed. `LimitExceeded`: a budget of steps, output or depth is
 * used up. `NotFound`: no template of that name.
 */
export type TemplateErrorCode = "Parse" | "Exec" | "LimitExceeded" | "NotFound";

/** Where and why a template failed; what Go puts into one line of text, in parts. */
export interface TemplateErrorPlace {
  /** The file, that is the name under which the text was parsed. */
  readonly template: string;
  /** One-based. */
  readonly line: number;
  /** Zero-based, in UTF-8 bytes as in Go. Parse errors have none. */
  readonly column?: number;
  /** The template being executed: the file, or one of its `define` blocks. */
  readonly executing?: string;
  /** The text of the failing part of the action, `.Values.image`. */
  readonly action?: string;
  /** The bare message, without the place. */
  readonly reason: string;
}

/** A template that cannot be parsed or executed. `message` is Go's, with its place. */
export class TemplateError extends CodedError<TemplateErrorCode> {
  readonly template: string;
  readonly line: number;
  readonly column: number | undefined;
  readonly executing: string | undefined;
  readonly action: string | undefined;
  readonly reason: string;

  constructor(
    code: TemplateErrorCode,
    message: string,
    place: TemplateErrorPlace,
    options: { readonly cause?: unknown } = {},
  ) {
    super(code, message, options);
    this.template = place.template;
    this.line = place.line;
    this.column = place.column;
    this.executing = place.executing;
    this.action = place.action;
    this.reason = place.reason;
  }
}

/** A function's own failure; the executor adds the place. The message is what follows `error calling name: `. */
export class FunctionError extends CodedError<"Function"> {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super("Function", message, options);
  }
}

/** A budget is used up somewhere inside a function or a printer. */
export class LimitError extends CodedError<"LimitExceeded"> {
  constructor(message: string) {
    super("LimitExceeded", message);
  }
}
