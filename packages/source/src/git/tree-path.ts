import { GitError } from "./errors.ts";

/** Characters that HFS+ ignores in names. */
const invisible = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/** Whether a file system somewhere would take this name for `.git`. */
function isDotGit(segment: string): boolean {
  const visible = segment.replace(invisible, "").toLowerCase();
  const withoutStream = visible.split(":")[0] ?? "";
  const trimmed = withoutStream.replace(/[ .]+$/, "");
  return trimmed === ".git" || trimmed === "git~1";
}

/**
 * Checks a path that a tree object names. Git refuses these when it checks out; we never check out, but what we pack
 * may be unpacked on any file system.
 *
 * @throws GitError `UnsafeTree`
 */
export function checkTreePath(path: string): string {
  const refuse = (why: string): never => {
    throw new GitError("UnsafeTree", `unsafe path ${JSON.stringify(path)} in the repository: ${why}`);
  };
  if (path === "" || path.startsWith("/")) refuse("not a relative path");
  if (path.includes("\0")) refuse("has a NUL");
  if (Buffer.byteLength(path) > 4096) refuse("longer than 4096 bytes");
  for (const segment of path.split(/[/\\]/)) {
    if (segment === "" && !path.includes("\\")) refuse("has an empty part");
    if (segment === "." || segment === "..") refuse(`has a part '${segment}'`);
    if (isDotGit(segment)) refuse("has a part that is or looks like '.git'");
  }
  return path;
}

/**
 * Brings a directory of `spec.sparseCheckout` into the form of tree paths; `""` is the root.
 *
 * @throws GitError `InvalidPath`
 */
export function checkSparsePath(directory: string): string {
  const refuse = (why: string): never => {
    throw new GitError("InvalidPath", `sparse checkout dir '${directory}' cannot be resolved: ${why}`);
  };
  if (directory.startsWith("/")) refuse("it is absolute");
  if (directory.includes("\0")) refuse("it has a NUL");
  const segments = directory.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) refuse("it leaves the repository");
  return segments.join("/");
}
