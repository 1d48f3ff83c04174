import { openComposer, type ParseOptions } from "../documents.ts";
import type { Node } from "../node.ts";
import { JsonDecoder } from "./json-decoder.ts";
import type { JsonValue } from "./value.ts";

export interface ParseValueOptions extends Omit<ParseOptions, "comments"> {
  /** What a key that occurs twice in a mapping does: the last one wins (default, as `Unmarshal`), or it is refused (`UnmarshalStrict`). */
  readonly duplicateKeys?: "last" | "error";
}

/**
 * Reads the first document of a text as `sigs.k8s.io/yaml` reads it on the way to JSON: YAML 1.1 booleans (`yes`,
 * `on`), `0777` and `0o777` octal, dates stay text, merge keys are applied, every key becomes a string. Integers that
 * a number cannot hold exactly come as bigint. A text without document is null.
 * @throws YamlError with Go's message; `InvalidValue` for what JSON cannot say (`.nan`, null keys).
 */
export function parse(text: string, options: ParseValueOptions = {}): JsonValue {
  const next = openComposer(text, options, "v2").next();
  return next === undefined ? null : decode(next.root, options);
}

/** Reads every document of a text; empty ones are null. @see {@link parse} */
export function parseAll(text: string, options: ParseValueOptions = {}): JsonValue[] {
  const composer = openComposer(text, options, "v2");
  const values: JsonValue[] = [];
  for (let next = composer.next(); next !== undefined; next = composer.next()) values.push(decode(next.root, options));
  return values;
}

export interface ToJsOptions {
  /** Default `error`: go-yaml v3 refuses a mapping that has a key twice. */
  readonly duplicateKeys?: "last" | "error";
  /**
   * What happens to keys that are not strings (`1: a`): they are taken by their text (default), or refused below the
   * root as kyaml does on its way to JSON.
   */
  readonly nonStringKeys?: "text" | "refuse";
}

/**
 * Turns a tree into plain values as go-yaml v3 decodes it: types by the nodes' tags (`yes` is text), timestamps in
 * RFC 3339, merge keys fill what a mapping leaves open, aliases are expanded into copies within Go's budget.
 * @throws YamlError
 */
export function toJS(node: Node, options: ToJsOptions = {}): JsonValue {
  return new JsonDecoder({
    dialect: "v3",
    duplicateKeys: options.duplicateKeys ?? "error",
    nonStringKeys: options.nonStringKeys ?? "text",
  }).decode(node);
}

function decode(root: Node, options: ParseValueOptions): JsonValue {
  const duplicateKeys = options.duplicateKeys ?? "last";
  return new JsonDecoder({ dialect: "v2", duplicateKeys, nonStringKeys: "text" }).decode(root);
}
