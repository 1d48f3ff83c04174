export { parseDocument, parseDocuments, type ParseOptions } from "./documents.ts";
export { YamlError, type YamlErrorCode } from "./errors.ts";
export type { ParseLimits } from "./limits.ts";
export type { AliasNode, MappingNode, Node, NodeBase, Pair, ScalarNode, ScalarStyle, SequenceNode } from "./node.ts";
export { type FormatOptions, formatDocuments, formatNode } from "./format/format.ts";
