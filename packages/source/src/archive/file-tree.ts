/** A file in memory. */
export interface TreeFile {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/**
 * Files by path: relative, `/`-separated, without `.` or `..` segments. Directories exist only as parts of paths,
 * and symbolic links not at all. **Invariant:** no path is a parent of another.
 */
export type FileTree = ReadonlyMap<string, TreeFile>;

/** Orders paths by their UTF-16 code units, whatever the locale. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every directory above a path, outermost first: `a/b/c.yaml` gives `a`, `a/b`. */
export function* parentsOf(path: string): Generator<string> {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) yield path.slice(0, slash);
}
