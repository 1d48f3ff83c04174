import type { MappingNode, Node, SequenceNode } from "@sluice/yaml";
import { KustomizeError, withPrefix } from "../errors.ts";
import { type FieldSpec, splitPath } from "../field-spec.ts";
import { parseGroupVersion } from "../gvk.ts";
import { fieldOf, findPair } from "../node/fields.ts";
import { makeMapping, makeScalar, makeSequence } from "../node/make.ts";
import { isNull, textOf } from "../node/test.ts";
import { formatResId, type ResId } from "../res-id.ts";

/** What to do with the fields that a {@link FieldSpec} finds. */
export interface FieldVisitor {
  /** Gets each field found; it may be null. */
  readonly visit: (node: Node) => void;
  /** What a missing or null field becomes when the spec creates; without it, nothing is created. */
  readonly create?: { readonly kind: "scalar" | "mapping"; readonly tag: string };
}

const parsedPaths = new Map<string, readonly string[]>();
const maximumParsedPaths = 4096;

function pathParts(path: string): readonly string[] {
  let parts = parsedPaths.get(path);
  if (parts === undefined) {
    if (parsedPaths.size >= maximumParsedPaths) parsedPaths.clear();
    parts = splitPath(path, "/");
    parsedPaths.set(path, parts);
  }
  return parts;
}

/** Visits the fields of an object that the spec names, if it is for this kind. Lists on the way are gone through. */
export function visitFields(root: MappingNode, spec: FieldSpec, visitor: FieldVisitor): void {
  if (!matchesKind(root, spec)) return;
  visitPath(root, spec, visitor);
}

/** Visits the fields whatever the kind of the object is. */
export function visitPath(root: MappingNode, spec: FieldSpec, visitor: FieldVisitor): void {
  try {
    walk(root, pathParts(spec.path), 0, spec.create, visitor);
  } catch (thrown) {
    throw withPrefix(thrown, `considering field '${spec.path}' of object ${formatResId(describe(root))}`, {
      field: spec.path,
    });
  }
}

function matchesKind(root: MappingNode, spec: FieldSpec): boolean {
  if (spec.kind === "" && spec.group === "" && spec.version === "") return true;
  if (spec.kind !== "" && spec.kind !== scalarText(fieldOf(root, "kind"))) return false;
  if (spec.group === "" && spec.version === "") return true;
  const { group, version } = parseGroupVersion(scalarText(fieldOf(root, "apiVersion")));
  return (spec.group === "" || spec.group === group) && (spec.version === "" || spec.version === version);
}

function scalarText(node: Node | undefined): string {
  return node?.kind === "scalar" ? node.value : "";
}

/** The id as it stands, for messages. */
function describe(root: MappingNode): ResId {
  const metadata = fieldOf(root, "metadata");
  return {
    ...parseGroupVersion(textOf(fieldOf(root, "apiVersion"))),
    kind: textOf(fieldOf(root, "kind")),
    name: textOf(fieldOf(metadata, "name")),
    namespace: textOf(fieldOf(metadata, "namespace")),
    clusterScoped: false,
  };
}

function walk(node: Node, path: readonly string[], depth: number, create: boolean, visitor: FieldVisitor): void {
  if (depth === path.length) {
    visitor.visit(node);
    return;
  }
  if (isNull(node)) return;
  switch (node.kind) {
    case "mapping":
      walkMapping(node, path, depth, create, visitor);
      return;
    case "sequence":
      walkSequence(node, path, depth, create, visitor);
      return;
    case "alias":
      walk(node.target, path, depth, create, visitor);
      return;
    case "scalar":
      throw new KustomizeError("InvalidField", "expected sequence or mapping node");
  }
}

function walkSequence(
  node: SequenceNode,
  path: readonly string[],
  depth: number,
  create: boolean,
  visitor: FieldVisitor,
): void {
  for (const item of node.items) {
    try {
      walk(item, path, depth, create, visitor);
    } catch (thrown) {
      throw withPrefix(thrown, `visit traversal on path: [${path.slice(depth).join(" ")}]`);
    }
  }
}

function walkMapping(
  node: MappingNode,
  path: readonly string[],
  depth: number,
  create: boolean,
  visitor: FieldVisitor,
): void {
  const part = path[depth] ?? "";
  const wantsList = part.endsWith("[]");
  const name = wantsList ? part.slice(0, -2) : part;
  if (name === "") throw new KustomizeError("InvalidField", "cannot set or create an empty field name");
  const made = wantsList || !create ? undefined : madeNode(visitor, depth === path.length - 1);
  let pair = findPair(node, name);
  if (pair === undefined) {
    if (made === undefined) return;
    pair = { key: makeScalar(name), value: made.kind === "scalar" ? makeScalar("") : { ...made, tag: "" } };
    node.pairs.push(pair);
  } else if (isNull(pair.value)) {
    if (wantsList) pair.value = { ...makeSequence(), tag: "" };
    else if (made !== undefined) pair.value = made;
  }
  walk(pair.value, path, depth + 1, create, visitor);
}

/** What a missing or null field on the way becomes. */
function madeNode({ create }: FieldVisitor, isLast: boolean): Node | undefined {
  if (create === undefined) return undefined;
  if (!isLast) return makeMapping();
  return create.kind === "mapping" ? makeMapping() : makeScalar("", create.tag);
}
