import { GitError } from "./errors.ts";
import { checkTreePath } from "./tree-path.ts";

/** One leaf of a tree. Symbolic links and submodules come along so that callers can say what they did with them. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "file" | "executable" | "symlink" | "submodule";
  readonly oid: string;
  /** Bytes of the blob; 0 for submodules. */
  readonly size: number;
}

const kinds: ReadonlyMap<string, TreeEntry["kind"]> = new Map([
  ["100644", "file"],
  ["100664", "file"], // written by old versions of git
  ["100755", "executable"],
  ["120000", "symlink"],
  ["160000", "submodule"],
]);

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodePath(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const shown = Buffer.from(bytes).toString("latin1");
    throw new GitError("UnsafeTree", `unsafe path ${JSON.stringify(shown)} in the repository: not UTF-8`, { cause });
  }
}

/**
 * Reads `git ls-tree -r -z -l`: `<mode> <type> <oid> <size>\t<path>\0` records.
 *
 * @throws GitError `UnsafeTree` for names and modes that must not be used, `LimitExceeded` for too many entries
 */
export function parseTree(output: Uint8Array, maxEntries: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const seen = new Set<string>();
  for (let offset = 0; offset < output.length;) {
    const end = output.indexOf(0, offset);
    const tab = output.indexOf(0x09, offset);
    if (end < 0 || tab < 0 || tab > end) throw new TypeError("git ls-tree printed a malformed record");
    const [mode = "", , oid = "", size = ""] = Buffer.from(output.subarray(offset, tab)).toString("latin1").split(/ +/);
    const path = checkTreePath(decodePath(output.subarray(tab + 1, end)));
    const kind = kinds.get(mode);
    if (kind === undefined) throw new GitError("UnsafeTree", `${path}: mode ${mode} is not that of a file`);
    if (seen.has(path)) throw new GitError("UnsafeTree", `${path}: comes twice in the tree`);
    if (entries.length >= maxEntries) {
      throw new GitError("LimitExceeded", `the repository has more than ${maxEntries} files`);
    }
    seen.add(path);
    entries.push({ path, kind, oid, size: size === "-" ? 0 : Number(size) });
    offset = end + 1;
  }
  return entries;
}
