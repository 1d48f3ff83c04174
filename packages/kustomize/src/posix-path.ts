/** Whether the path begins at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** The shortest path that means the same: no `.`, no empty parts, `..` resolved by name. Empty becomes `.`. */
export function cleanPath(path: string): string {
  const rooted = isAbsolute(path);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push("..");
  }
  if (rooted) return `/${parts.join("/")}`;
  return parts.length === 0 ? "." : parts.join("/");
}

/** Joins the non-empty parts and cleans the result; nothing at all gives the empty path. */
export function joinPath(...parts: readonly string[]): string {
  const present = parts.filter((part) => part !== "");
  return present.length === 0 ? "" : cleanPath(present.join("/"));
}

/** The last part of a path. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed === "") return path === "" ? "." : "/";
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** All but the last part of an absolute path. */
export function directoryName(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** Whether `path` is `directory` or lies in it; both clean and absolute. */
export function isWithin(path: string, directory: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}
