import { comparePathElements, formatPath, type FieldPath, type PathElement } from "./path-element.ts";

/** What a set knows of one path: whether the path itself is in it, and what below it is. */
export interface FieldNode {
  readonly owned: boolean;
  readonly children: FieldSet | undefined;
}

/**
 * A set of field paths as a trie. That a path is in it says nothing about the paths above and below.
 * Never mutated: the operations share what did not change, and return their first argument itself when the result
 * equals it.
 *
 * **Invariant:** every node is owned or has children, and `children` is never empty; so a set is empty exactly if its
 * size is 0.
 */
export type FieldSet = ReadonlyMap<PathElement, FieldNode>;

type MutableFieldSet = Map<PathElement, FieldNode>;

export const emptyFieldSet: FieldSet = new Map();

/** A path that is in the set with nothing below it. */
export const leafNode: FieldNode = { owned: true, children: undefined };

/** The set of the given paths. The empty path is the object itself, which nobody owns: it is left out. */
export function fieldSetOf(...paths: readonly FieldPath[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

interface MutableNode {
  owned: boolean;
  children: Map<PathElement, MutableNode> | undefined;
}

/** Collects paths one by one. */
export class FieldSetBuilder {
  readonly #root: Map<PathElement, MutableNode> = new Map();

  get isEmpty(): boolean {
    return this.#root.size === 0;
  }

  /** `last`, when given, is one more step after `path`. */
  insert(path: FieldPath, last?: PathElement): void {
    let children = this.#root;
    let node: MutableNode | undefined;
    for (const element of last === undefined ? path : [...path, last]) {
      if (node !== undefined) children = node.children ??= new Map<PathElement, MutableNode>();
      const found = children.get(element);
      node = found ?? { owned: false, children: undefined };
      if (found === undefined) children.set(element, node);
    }
    if (node !== undefined) node.owned = true;
  }

  /** The set so far. The builder must not be used afterwards. */
  build(): FieldSet {
    return this.#root;
  }
}

/** Whether a path itself is in the set. */
export function hasPath(set: FieldSet, path: FieldPath): boolean {
  let children: FieldSet | undefined = set;
  let node: FieldNode | undefined;
  for (const element of path) {
    node = children?.get(element);
    if (node === undefined) return false;
    children = node.children;
  }
  return node?.owned === true;
}

/** Paths that are in `a` or in `b`. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b.size === 0) return a;
  if (a.size === 0) return b;
  let result: MutableFieldSet | undefined;
  for (const [element, theirs] of b) {
    const mine = a.get(element);
    const node = mine === undefined ? theirs : uniteNodes(mine, theirs);
    if (node !== mine) (result ??= new Map(a)).set(element, node);
  }
  return result ?? a;
}

function uniteNodes(a: FieldNode, b: FieldNode): FieldNode {
  const owned = a.owned || b.owned;
  const children =
    a.children === undefined ? b.children : b.children === undefined ? a.children : union(a.children, b.children);
  return owned === a.owned && children === a.children ? a : { owned, children };
}

/** Paths that are in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return filterNodes(a, b, (mine, theirs) => {
    if (theirs === undefined) return undefined;
    const owned = mine.owned && theirs.owned;
    const children =
      mine.children === undefined || theirs.children === undefined
        ? undefined
        : intersection(mine.children, theirs.children);
    return makeNode(mine, owned, children);
  });
}

/** Paths of `a` that are not in `b`. Removing a parent leaves its children, and the reverse. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0) return a;
  return filterNodes(a, b, (mine, theirs) => {
    if (theirs === undefined) return mine;
    const children =
      mine.children === undefined || theirs.children === undefined
        ? mine.children
        : difference(mine.children, theirs.children);
    return makeNode(mine, mine.owned && !theirs.owned, children);
  });
}

/** Paths of `a` that are neither in `b` nor below a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.size === 0) return a;
  return filterNodes(a, b, (mine, theirs) => {
    if (theirs === undefined) return mine;
    if (theirs.owned) return undefined;
    const children =
      mine.children === undefined || theirs.children === undefined
        ? mine.children
        : recursiveDifference(mine.children, theirs.children);
    return makeNode(mine, mine.owned, children);
  });
}

/** The paths with nothing below them. */
export function leaves(set: FieldSet): FieldSet {
  return filterNodes(set, emptyFieldSet, (mine) =>
    mine.children === undefined ? mine : makeNode(mine, false, leaves(mine.children)),
  );
}

function filterNodes(
  a: FieldSet,
  b: FieldSet,
  decide: (mine: FieldNode, theirs: FieldNode | undefined) => FieldNode | undefined,
): FieldSet {
  let result: MutableFieldSet | undefined;
  for (const [element, mine] of a) {
    const node = decide(mine, b.get(element));
    if (node === mine) continue;
    result ??= new Map(a);
    if (node === undefined) result.delete(element);
    else result.set(element, node);
  }
  return result ?? a;
}

function makeNode(before: FieldNode, owned: boolean, children: FieldSet | undefined): FieldNode | undefined {
  const kept = children === undefined || children.size === 0 ? undefined : children;
  if (owned === before.owned && kept === before.children) return before;
  if (!owned && kept === undefined) return undefined;
  return kept === undefined ? leafNode : { owned, children: kept };
}

/** Whether every path of `a` is in `b`. */
export function isSubset(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  for (const [element, mine] of a) {
    const theirs = b.get(element);
    if (theirs === undefined || (mine.owned && !theirs.owned)) return false;
    if (mine.children !== undefined && (theirs.children === undefined || !isSubset(mine.children, theirs.children))) {
      return false;
    }
  }
  return true;
}

export function equalFieldSets(a: FieldSet, b: FieldSet): boolean {
  return isSubset(a, b) && isSubset(b, a);
}

/** The elements of one level in order. */
export function sortedElements(set: FieldSet): PathElement[] {
  return [...set.keys()].toSorted(comparePathElements);
}

/** All paths in the order of messages: what is owned at a level first, then level by level what is below. */
export function listPaths(set: FieldSet): FieldPath[] {
  const paths: FieldPath[] = [];
  const visit = (level: FieldSet, prefix: FieldPath): void => {
    const elements = sortedElements(level);
    for (const element of elements) {
      if (level.get(element)?.owned === true) paths.push([...prefix, element]);
    }
    for (const element of elements) {
      const children = level.get(element)?.children;
      if (children !== undefined) visit(children, [...prefix, element]);
    }
  };
  visit(set, []);
  return paths;
}

/** One path a line. */
export function formatFieldSet(set: FieldSet): string {
  return listPaths(set).map(formatPath).join("\n");
}
