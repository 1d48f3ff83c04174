import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a path holds in a commit: text or bytes, or something that is not a plain file. */
export type FixtureEntry =
  | string
  | Uint8Array
  | { readonly mode: "executable"; readonly content: string }
  | { readonly mode: "symlink"; readonly target: string }
  | { readonly mode: "submodule"; readonly commit: string };

export interface FixtureCommitOptions {
  /** Default `main`. */
  readonly branch?: string;
  readonly message?: string;
  /** Seconds since the epoch. Default: one more than the commit before. */
  readonly date?: number;
  /** Begin a history of its own. */
  readonly orphan?: boolean;
}

const environment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

/** A bare repository that tests write commits into, without a working tree. Commit ids depend on nothing but content. */
export class GitFixture {
  /** `<parent>/<name>.git`. */
  readonly directory: string;
  #date = 1_700_000_000;

  constructor(parent: string, name: string) {
    this.directory = join(parent, `${name}.git`);
    mkdirSync(this.directory, { recursive: true });
    this.git("init", "--quiet", "--bare", "--template=", "--initial-branch=main");
  }

  /** Runs git in the repository and returns what it printed, trimmed. */
  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.directory, env: environment, encoding: "utf8" }).trim();
  }

  /** Commits changes on top of a branch (`null` removes a path) and returns the commit id. */
  commit(files: Readonly<Record<string, FixtureEntry | null>>, options: FixtureCommitOptions = {}): string {
    const { branch = "main", message = "Change something", orphan = false } = options;
    this.#date = options.date ?? this.#date + 1;
    const reference = `refs/heads/${branch}`;
    const text = Buffer.from(message);
    const parts: (string | Uint8Array)[] = [
      `${orphan ? `reset ${reference}\n` : ""}commit ${reference}\nmark :1\n`,
      `committer Ada <ada@example.com> ${this.#date} +0000\ndata ${text.length}\n`,
      text,
      "\n",
    ];
    if (!orphan && this.#exists(reference)) parts.push(`from ${reference}^0\n`);
    for (const [path, entry] of Object.entries(files)) parts.push(...changeOf(JSON.stringify(path), entry));
    const marks = join(this.directory, "marks");
    execFileSync("git", ["fast-import", "--quiet", "--force", `--export-marks=${marks}`], {
      cwd: this.directory,
      env: environment,
      input: Buffer.concat([...parts, "\ndone\n"].map((part) => Buffer.from(part as string))),
    });
    return readFileSync(marks, "utf8").trim().split(" ")[1] ?? "";
  }

  /** Tags a commit (default: the head of `main`), with a tag object when there is a message. */
  tag(name: string, options: { readonly commit?: string; readonly message?: string } = {}): void {
    const { commit = "main", message } = options;
    this.git("tag", "--force", ...(message === undefined ? [] : ["--annotate", "--message", message]), name, commit);
  }

  /** Branches written by this fixture are files; nothing packs them. */
  #exists(reference: string): boolean {
    return existsSync(join(this.directory, reference));
  }
}

function changeOf(quotedPath: string, entry: FixtureEntry | null): (string | Uint8Array)[] {
  if (entry === null) return [`D ${quotedPath}\n`];
  const inline = (mode: string, content: string | Uint8Array): (string | Uint8Array)[] => {
    const bytes = Buffer.from(content as string);
    return [`M ${mode} inline ${quotedPath}\ndata ${bytes.length}\n`, bytes, "\n"];
  };
  if (typeof entry === "string" || entry instanceof Uint8Array) return inline("100644", entry);
  switch (entry.mode) {
    case "executable":
      return inline("100755", entry.content);
    case "symlink":
      return inline("120000", entry.target);
    case "submodule":
      return [`M 160000 ${entry.commit} ${quotedPath}\n`];
  }
}
