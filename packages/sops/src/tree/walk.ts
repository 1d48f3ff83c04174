import { SopsError } from "../errors.ts";
import {
  type Branch,
  branch,
  type Comment,
  comment,
  isBranch,
  isComment,
  isList,
  type Leaf,
  type List,
  list,
  type Value,
} from "./tree.ts";

/** Where a leaf stands. */
export interface Place {
  /** The keys above it; items of a list have the list's own path. */
  readonly path: readonly string[];
  /**
   * The comments in effect: for the document and each collection down to the leaf, those directly above the item that
   * leads to it. For a comment the last one is itself.
   */
  readonly comments: ReadonlyArray<readonly string[]>;
}

/** Replaces a value or comment. Null values are not visited: there is nothing to hide in them. */
export type Visit = (leaf: Exclude<Leaf, null> | Comment, place: Place) => Leaf | Comment;

/** Deeper documents are refused before the stack is in danger. */
const MAX_DEPTH = 1000;

/** Makes a new document by visiting every value and comment in order. */
export function walk(document: Branch, visit: Visit): Branch {
  return walkBranch(document, { path: [], comments: [] }, visit);
}

function walkBranch(within: Branch, place: Place, visit: Visit): Branch {
  const above: string[] = [];
  const inner: Place = { path: place.path, comments: [...place.comments, above] };
  checkDepth(inner);
  return branch(
    within.entries.map((item) => {
      if (item.kind === "comment") {
        above.push(item.text);
        return walkComment(item, inner, visit);
      }
      const value = walkValue(item.value, { ...inner, path: [...inner.path, item.key] }, visit);
      above.length = 0;
      // Only a list can take a comment for an item.
      if (isComment(value)) {
        throw new SopsError("DecryptionFailed", `${[...inner.path, item.key].join(".")}: value is marked as a comment`);
      }
      return { kind: "entry", key: item.key, value };
    }),
  );
}

function walkComment(item: Comment, place: Place, visit: Visit): Comment {
  const result = visit(item, place);
  if (typeof result === "string") return comment(result, item.inline);
  if (result !== null && isComment(result)) return result;
  throw new SopsError("DecryptionFailed", `${place.path.join(".")}: comment is marked as a value`);
}

function walkValue(value: Value, place: Place, visit: Visit): Value | Comment {
  if (value === null) return null;
  if (isBranch(value)) return walkBranch(value, place, visit);
  if (isList(value)) return walkList(value, place, visit);
  return visit(value, place);
}

function walkList(within: List, place: Place, visit: Visit): List {
  const above: string[] = [];
  const inner: Place = { path: place.path, comments: [...place.comments, above] };
  checkDepth(inner);
  return list(
    within.items.map((item) => {
      if (!isComment(item)) {
        const result = walkValue(item, inner, visit);
        above.length = 0;
        return result;
      }
      above.push(item.text);
      // An empty comment has nothing to encrypt; as an item it would come back as an empty string.
      return item.text === "" ? item : visit(item, inner);
    }),
  );
}

function checkDepth(place: Place): void {
  if (place.comments.length > MAX_DEPTH) throw new SopsError("Unsupported", `nested deeper than ${MAX_DEPTH} levels`);
}
