/**
 * A document as SOPS sees it, whatever its format: named values in order, with the comments between them.
 *
 * Go's number types matter here because they are part of what is encrypted and of the MAC: an `int` is a bigint, a
 * `float64` is a number.
 */
export interface Branch {
  readonly kind: "branch";
  readonly entries: ReadonlyArray<Entry | Comment>;
}

export interface Entry {
  readonly kind: "entry";
  readonly key: string;
  readonly value: Value;
}

export interface List {
  readonly kind: "list";
  readonly items: ReadonlyArray<Value | Comment>;
}

export interface Comment {
  readonly kind: "comment";
  /** One line, without its `#`. */
  readonly text: string;
  /** Whether it stood behind a value, on its line. */
  readonly inline: boolean;
}

/** A point in time; RFC 3339 as Go prints it. */
export interface Timestamp {
  readonly kind: "time";
  readonly text: string;
}

/** A single value. Bytes stand for Go strings that are not UTF-8. */
export type Leaf = string | Uint8Array | bigint | number | boolean | null | Timestamp;
export type Value = Leaf | Branch | List;

export function branch(entries: ReadonlyArray<Entry | Comment>): Branch {
  return { kind: "branch", entries };
}

export function entry(key: string, value: Value): Entry {
  return { kind: "entry", key, value };
}

export function list(items: ReadonlyArray<Value | Comment>): List {
  return { kind: "list", items };
}

export function comment(text: string, inline = false): Comment {
  return { kind: "comment", text, inline };
}

type Kind = "branch" | "list" | "time" | "comment" | "leaf";

/** Tells values apart for a `switch`. */
export function kindOf(value: Value | Comment): Kind {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return "leaf";
  return value.kind;
}

export function isBranch(value: Value | Comment | undefined): value is Branch {
  return value !== undefined && kindOf(value) === "branch";
}

export function isList(value: Value | Comment | undefined): value is List {
  return value !== undefined && kindOf(value) === "list";
}

export function isComment(value: Value | Entry | Comment): value is Comment {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array) && value.kind === "comment";
}

/** The value of a key; the first, where there are several. */
export function findValue(within: Branch, key: string): Value | undefined {
  for (const item of within.entries) {
    if (item.kind === "entry" && item.key === key) return item.value;
  }
  return undefined;
}
