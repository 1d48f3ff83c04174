import type { Command } from "./command.ts";
import type { Flag } from "./flag.ts";
import { flagsOf, leafOf, locateCommand, takesNextWord } from "./parse.ts";

/** Something to type, with what it means. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What fits at the end of a command line. */
export type Completion =
  | { readonly kind: "candidates"; readonly candidates: readonly Candidate[] }
  /** File names. */
  | { readonly kind: "files" }
  /** Names that only the cluster or the kubeconfig knows; `prefix` stands before each (`--namespace=`). */
  | { readonly kind: "namespaces" | "contexts"; readonly word: string; readonly prefix: string }
  /** An argument of the command at the end of `path`. */
  | { readonly kind: "argument"; readonly path: readonly Command[]; readonly word: string };

/** Finds out what the last of the words can become. The words before it may hold mistakes: then nothing fits. */
export function completeWords(root: Command, words: readonly string[]): Completion {
  const word = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { path, complete } = locateCommand(root, before);
  const flags = flagsOf(path);
  const previous = before.at(-1) ?? "";
  if (!complete && takesNextWord(flags, previous)) {
    return completeValue(findFlag(flags, previous.replace(/^-+/, "")), word, "");
  }
  if (word.startsWith("--") && word.includes("=")) {
    const equals = word.indexOf("=");
    return completeValue(findFlag(flags, word.slice(2, equals)), word.slice(equals + 1), word.slice(0, equals + 1));
  }
  if (word.startsWith("-")) {
    const names = Object.entries(flags).filter(([, flag]) => flag.hidden !== true && flag.deprecated === undefined);
    const help = { value: "--help", description: "print the help" };
    const all = [...names.map(([name, { description }]) => ({ value: `--${name}`, description })), help];
    return starting(all, word);
  }
  const { commands } = leafOf(path);
  if (commands.length === 0) return { kind: "argument", path, word };
  return starting(
    commands.filter((each) => !each.hidden).map((each) => ({ value: each.name, description: each.summary })),
    word,
  );
}

function findFlag(flags: { readonly [name: string]: Flag<unknown> }, name: string): Flag<unknown> | undefined {
  if (Object.hasOwn(flags, name)) return flags[name];
  return Object.values(flags).find((flag) => flag.short === name.at(-1));
}

function completeValue(flag: Flag<unknown> | undefined, word: string, prefix: string): Completion {
  if (flag?.completes === "files") return { kind: "files" };
  if (flag?.completes !== undefined) return { kind: flag.completes, word, prefix };
  const choices = flag?.choices ?? (flag?.bare === undefined ? [] : ["true", "false"]);
  return starting(
    choices.map((value) => ({ value: prefix + value, description: "" })),
    prefix + word,
  );
}

function starting(candidates: readonly Candidate[], word: string): Completion {
  const fitting = candidates.filter(({ value }) => value.startsWith(word));
  return { kind: "candidates", candidates: fitting.toSorted((a, b) => (a.value < b.value ? -1 : 1)) };
}
