/** A commit as it stands in the repository. */
export interface GitCommit {
  readonly oid: string;
  readonly tree: string;
  readonly message: string;
  /** Seconds since the epoch, of the committer. */
  readonly committedAt: number;
  /** The object's own bytes: what a signature covers. */
  readonly raw: Uint8Array;
}

/** Reads a commit object. Headers come first, then an empty line and the message. */
export function parseCommit(oid: string, raw: Uint8Array): GitCommit {
  const text = Buffer.from(raw).toString("utf8");
  const end = text.indexOf("\n\n");
  const header = end < 0 ? text : text.slice(0, end);
  const field = (name: string): string => new RegExp(`^${name} (.*)$`, "m").exec(header)?.[1] ?? "";
  const committedAt = Number(/ (\d+) [+-]\d+$/.exec(field("committer"))?.[1] ?? 0);
  return { oid, tree: field("tree"), message: end < 0 ? "" : text.slice(end + 2), committedAt, raw };
}

/** The first line of the message, at most 50 characters and `...`. */
export function subjectOfCommit(commit: Pick<GitCommit, "message">): string {
  const characters = Array.from(commit.message.split("\n")[0] ?? "");
  return characters.length > 50 ? `${characters.slice(0, 50).join("")}...` : characters.join("");
}
