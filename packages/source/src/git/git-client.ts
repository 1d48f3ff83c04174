import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { subjectOf, withGitAccess } from "./access.ts";
import { accessFingerprint, type GitCredentials } from "./credentials.ts";
import { GitError } from "./errors.ts";
import { type GitUrl, parseGitUrl } from "./git-url.ts";
import { GitMirror } from "./mirror.ts";
import { parseReferences, type References } from "./references.ts";
import { abortError, runGit } from "./run-git.ts";
import { SharedPoll } from "./shared-poll.ts";

export interface GitClientOptions {
  /** Where repositories are cached. Owned by one client at a time; may be deleted while none runs. */
  readonly directory: string;
  /** Accept `file://` URLs and plain directories. */
  readonly allowLocal?: boolean;
  /** Fetches of one repository before its packs are merged. Default 20. */
  readonly maxPacks?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A repository and the right to read it. */
export interface GitRemote {
  readonly url: GitUrl;
  readonly credentials: GitCredentials;
}

/** Which part of the references is asked for. */
export type ReferenceScope = "heads" | "tags" | "all";

const scopeFlags: Readonly<Record<ReferenceScope, readonly string[]>> = {
  heads: ["--heads"],
  tags: ["--tags"],
  all: [],
};

/** Reads remotes: their references, and (through one {@link GitMirror} per remote and credentials) their content. */
export class GitClient {
  readonly #options: GitClientOptions;
  readonly #mirrors = new Map<string, { readonly mirror: GitMirror; usedAtMs: number }>();
  readonly #polls = new SharedPoll<References>();

  constructor(options: GitClientOptions) {
    this.#options = options;
  }

  get allowLocal(): boolean {
    return this.#options.allowLocal ?? false;
  }

  /** Checks a URL by this client's rules. Throws `InvalidUrl`. */
  parseUrl(text: string): GitUrl {
    return parseGitUrl(text, { allowLocal: this.allowLocal });
  }

  /** The references that the remote has now. Callers that ask in the same moment share one request. */
  async listReferences(remote: GitRemote, scope: ReferenceScope, signal: AbortSignal): Promise<References> {
    const key = `${scope} ${accessFingerprint(remote.url, remote.credentials)}`;
    const subject = subjectOf(remote.url);
    try {
      return await this.#polls.ask(key, signal, async (pollSignal) => {
        const output = await withGitAccess(remote.url, remote.credentials, (access) =>
          runGit(["ls-remote", "--quiet", ...scopeFlags[scope], "--", remote.url.address], {
            env: access.env,
            signal: pollSignal,
            subject,
          }),
        );
        return parseReferences(output.toString("utf8"));
      });
    } catch (error) {
      if (signal.aborted && !(error instanceof GitError)) throw abortError(signal, subject);
      throw error;
    }
  }

  /** The cached repository of a remote, the same one for the same URL and credentials. */
  mirrorOf(remote: GitRemote): GitMirror {
    const fingerprint = accessFingerprint(remote.url, remote.credentials);
    const { directory, maxPacks = 20, now = Date.now } = this.#options;
    const known = this.#mirrors.get(fingerprint);
    const mirror =
      known?.mirror ?? new GitMirror(join(directory, fingerprint), remote.url, remote.credentials, maxPacks);
    this.#mirrors.set(fingerprint, { mirror, usedAtMs: now() });
    return mirror;
  }

  /**
   * Removes cached repositories that this client has not used for `idleMs`, and those that it never used: of remotes
   * that nobody follows any more, or of credentials that have changed since. Returns how many.
   */
  async removeUnused(idleMs: number): Promise<number> {
    const { directory, now = Date.now } = this.#options;
    let removed = 0;
    for (const name of await readdir(directory).catch(absent)) {
      const known = this.#mirrors.get(name);
      if (known !== undefined && now() - known.usedAtMs <= idleMs) continue;
      this.#mirrors.delete(name);
      if (known === undefined) await rm(join(directory, name), { recursive: true, force: true });
      else await known.mirror.remove();
      removed++;
    }
    return removed;
  }
}

/** There is nothing yet to look through. */
function absent(error: unknown): readonly string[] {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
  throw error;
}
