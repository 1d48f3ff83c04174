import { GitError } from "./errors.ts";

/** Object ids by full reference name, as the remote advertises them; annotated tags point to their commit. */
export type References = ReadonlyMap<string, string>;

const oidPattern = /^[0-9a-f]{40}$|^[0-9a-f]{64}$/;

/** Reads `git ls-remote`: `<oid>\t<name>` lines, where `<name>^{}` is what an annotated tag points to. */
export function parseReferences(output: string): References {
  const references = new Map<string, string>();
  for (const line of output.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const oid = line.slice(0, tab);
    const name = line.slice(tab + 1);
    if (!oidPattern.test(oid)) continue;
    references.set(name.endsWith("^{}") ? name.slice(0, -3) : name, oid);
  }
  return references;
}

/**
 * Checks a full reference name by the rules of `git check-ref-format`. `HEAD` is the one name that needs no slash.
 *
 * @throws GitError `InvalidReference`
 */
export function checkReferenceName(name: string): string {
  const refuse = (why: string): never => {
    throw new GitError("InvalidReference", `invalid reference ${JSON.stringify(name)}: ${why}`);
  };
  if (name === "HEAD") return name;
  if (name.startsWith("-")) refuse("begins with '-'");
  if (!name.startsWith("refs/")) refuse("does not begin with 'refs/'");
  // oxlint-disable-next-line no-control-regex -- these characters are what is being looked for
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)) refuse("has a character that git does not allow");
  if (name.includes("..") || name.includes("@{")) refuse("has '..' or '@{'");
  if (name.endsWith(".")) refuse("ends with '.'");
  for (const part of name.split("/")) {
    if (part === "") refuse("has an empty part");
    if (part.startsWith(".") || part.endsWith(".lock")) refuse("has a part that begins with '.' or ends with '.lock'");
  }
  return name;
}

/** Checks a commit id: 40 (SHA-1) or 64 (SHA-256) hex digits. Throws `InvalidReference`. */
export function checkCommitId(text: string): string {
  const oid = text.toLowerCase();
  if (!oidPattern.test(oid)) {
    throw new GitError("InvalidReference", `invalid commit ${JSON.stringify(text)}: not a full commit id`);
  }
  return oid;
}
