import type { StatusCause, StatusError } from "@sluice/api";
import type { Json } from "../json/json.ts";
import { statusError } from "./status-errors.ts";

type FieldErrorType =
  | "FieldValueNotFound"
  | "FieldValueRequired"
  | "FieldValueDuplicate"
  | "FieldValueInvalid"
  | "FieldValueTypeInvalid"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "InternalError";

const titles: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: "Not found",
  FieldValueRequired: "Required value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueInvalid: "Invalid value",
  FieldValueTypeInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
  InternalError: "Internal error",
};

/** What is wrong with one field of an object, in the words of the real server. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** As messages spell it: `spec.template.spec.containers[0].name`. */
  readonly field: string;
  /** Everything after `field: `. */
  readonly body: string;
}

/** Writes a value as Go's `%q` or `json.Marshal` would, whichever the real server uses for it. */
function formatValue(value: Json | undefined): string {
  if (typeof value === "string") return quote(value);
  return JSON.stringify(value ?? null);
}

/** A double-quoted Go string. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!/\\u00|\x7f/.test(quoted)) return quoted;
  return quoted
    .replaceAll(/\\u0007/g, String.raw`\a`)
    .replaceAll(/\\u000b/g, String.raw`\v`)
    .replaceAll(/\\u00([01][0-9a-f])/g, String.raw`\x$1`)
    .replaceAll("\x7f", String.raw`\x7f`);
}

function fieldError(type: FieldErrorType, field: string, value: string | undefined, detail: string): FieldError {
  const head = value === undefined ? titles[type] : `${titles[type]}: ${value}`;
  return { type, field, body: detail === "" ? head : `${head}: ${detail}` };
}

/** Collects what is wrong with an object, field by field. */
export class FieldErrors {
  readonly list: FieldError[] = [];

  required(field: string, detail = ""): void {
    this.list.push(fieldError("FieldValueRequired", field, undefined, detail));
  }

  invalid(field: string, value: Json | undefined, detail: string): void {
    this.list.push(fieldError("FieldValueInvalid", field, formatValue(value), detail));
  }

  typeInvalid(field: string, value: string, detail: string): void {
    this.list.push(fieldError("FieldValueTypeInvalid", field, value, detail));
  }

  notSupported(field: string, value: Json | undefined, supported: readonly string[]): void {
    const detail = supported.length === 0 ? "" : `supported values: ${supported.map(quote).join(", ")}`;
    this.list.push(fieldError("FieldValueNotSupported", field, formatValue(value), detail));
  }

  duplicate(field: string, value: Json | undefined): void {
    this.list.push(fieldError("FieldValueDuplicate", field, formatValue(value), ""));
  }

  notFound(field: string, value: Json | undefined): void {
    this.list.push(fieldError("FieldValueNotFound", field, formatValue(value), ""));
  }

  forbidden(field: string, detail: string): void {
    this.list.push(fieldError("FieldValueForbidden", field, undefined, detail));
  }

  tooLong(field: string, maximum: number): void {
    const detail = `may not be more than ${maximum} ${maximum === 1 ? "byte" : "bytes"}`;
    this.list.push(fieldError("FieldValueTooLong", field, undefined, detail));
  }

  tooMany(field: string, actual: number, maximum: number): void {
    const detail = `must have at most ${maximum} ${maximum === 1 ? "item" : "items"}`;
    this.list.push(fieldError("FieldValueTooMany", field, String(actual), detail));
  }

  /** Adds what another validation found. */
  add(errors: readonly FieldError[]): void {
    this.list.push(...errors);
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }
}

/** The 422 answer that names every wrong field. */
export function invalidObject(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const causes: StatusCause[] = errors.map(({ type, field, body }) => ({ reason: type, message: body, field }));
  const lines = [...new Set(errors.map(({ field, body }) => `${field}: ${body}`))];
  const list = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const qualified = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const message =
    errors.length === 0 ? `${qualified} "${name}" is invalid` : `${qualified} "${name}" is invalid: ${list}`;
  return statusError(422, "Invalid", message, {
    ...(name === "" ? {} : { name }),
    ...(kind.group === "" ? {} : { group: kind.group }),
    ...(kind.kind === "" ? {} : { kind: kind.kind }),
    causes,
  });
}
