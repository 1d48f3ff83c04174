/**
 * YAML exactly as the Go world reads and writes it.
 *
 * Trees follow go-yaml v3, which kustomize uses: {@link parseDocuments}, {@link formatDocuments}, {@link toJS}. Plain
 * values follow `sigs.k8s.io/yaml`, which controllers and kubectl use: {@link parse}, {@link stringify}.
 * @example
 * ```ts
 * const root = parseDocument("replicas: 1 # scaled by hand\n");
 * if (root?.kind === "mapping") {
 *   setField(root, "paused", scalar(true));
 *   formatNode(root); // "replicas: 1 # scaled by hand\npaused: true\n"
 * }
 * parse("enabled: yes\nmode: 0644\n"); // { enabled: true, mode: 420 }
 * ```
 * @packageDocumentation
 */
export { parseDocument, parseDocuments, type ParseOptions } from "./documents.ts";
export { YamlError, type YamlErrorCode } from "./errors.ts";
export { type FormatOptions, formatDocuments, formatNode } from "./format/format.ts";
export type { ParseLimits } from "./limits.ts";
export type { AliasNode, MappingNode, Node, NodeBase, Pair, ScalarNode, ScalarStyle, SequenceNode } from "./node.ts";
export { formatFloat } from "./resolve/float-text.ts";
export { type Resolved, resolveScalar, resolveTag } from "./resolve/resolve-tag.ts";
export { longTag, shortTag } from "./resolve/tags.ts";
export { type DocumentText, splitDocuments } from "./split.ts";
export { cloneNode } from "./tree/clone.ts";
export { nodesEqual } from "./tree/equal.ts";
export { findPair, getField, getIn, removeField, setField } from "./tree/fields.ts";
export { fromJS, mapping, scalar, type ScalarOptions, sequence } from "./tree/make.ts";
export { compareKeys } from "./value/key-order.ts";
export { parse, parseAll, type ParseValueOptions, toJS, type ToJsOptions } from "./value/parse.ts";
export { stringify } from "./value/stringify.ts";
export type { JsonObject, JsonValue } from "./value/value.ts";
