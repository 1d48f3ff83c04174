import { GitError } from "./errors.ts";
import { type GitProcessOptions, startGit } from "./run-git.ts";

/** Reads exactly what was asked for from a stream of chunks. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async #pull(): Promise<Buffer | undefined> {
    const next = await this.#chunks.next();
    return next.done === true ? undefined : next.value;
  }

  /** A line without its line feed; `undefined` at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end >= 0) {
        const text = this.#buffer.toString("latin1", 0, end);
        this.#buffer = this.#buffer.subarray(end + 1);
        return text;
      }
      const chunk = await this.#pull();
      if (chunk === undefined) return undefined;
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
    }
  }

  /** The next bytes, in memory of their own; fewer only at the end. */
  async bytes(count: number): Promise<Buffer> {
    const target = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#buffer.length === 0) {
        const chunk = await this.#pull();
        if (chunk === undefined) return target.subarray(0, filled);
        this.#buffer = chunk;
      }
      const copied = this.#buffer.copy(target, filled, 0, Math.min(count - filled, this.#buffer.length));
      filled += copied;
      this.#buffer = this.#buffer.subarray(copied);
    }
    return target;
  }
}

/** An object of the repository. */
export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * Streams objects out of a repository with one `git cat-file --batch`, in the order asked for.
 *
 * @throws GitError `CacheDamaged` for an object that is missing, `LimitExceeded` for one above `maxObjectBytes`
 */
export async function* readObjects(
  oids: readonly string[],
  options: GitProcessOptions & { readonly maxObjectBytes: number },
): AsyncGenerator<GitObject> {
  if (oids.length === 0) return;
  const { child, finish, stop } = startGit(["cat-file", "--batch"], options);
  const reader = new ChunkReader(child.stdout as AsyncIterable<Buffer>);
  child.stdin.end(oids.map((oid) => `${oid}\n`).join(""));
  let isComplete = false;
  try {
    for (const oid of oids) {
      const header = await reader.line();
      if (header === undefined) break;
      const [, type = "", sizeText = ""] = header.split(" ");
      if (type === "missing") {
        throw new GitError("CacheDamaged", `${options.subject}: object ${oid} is missing`);
      }
      const size = Number(sizeText);
      if (size > options.maxObjectBytes) {
        throw new GitError("LimitExceeded", `${options.subject}: object ${oid} has ${size} bytes`);
      }
      const bytes = await reader.bytes(size);
      await reader.bytes(1); // the line feed after the object
      yield { oid, type, bytes };
    }
    isComplete = true;
  } finally {
    if (isComplete) await finish();
    else await stop();
  }
}
