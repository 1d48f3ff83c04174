/** What a document says, in the comment above a block, about running it. */
export type BlockSetting =
  /** In a fresh clone with its packages installed. */
  | { readonly run: "clone" }
  /** Starts the demo and keeps running beside the blocks that are run in it. */
  | { readonly run: "demo start" }
  /** In the clone while that demo is up, with `KUBECONFIG` naming its staging cluster. */
  | { readonly run: "demo" }
  /** Not at all, for a reason. */
  | { readonly skip: string };

/** A block of commands in a document. */
export interface ShellBlock {
  /** Of its first command, from 1. */
  readonly line: number;
  readonly commands: string;
  /** `undefined` when the document says nothing, or nothing that can be understood. */
  readonly setting: BlockSetting | undefined;
}

/** The documents whose commands are run, as a glob from the root of the repository. */
export const documentsWithCommands: readonly string[] = ["README.md", "docs/guides/*.md", "examples/*/README.md"];

const fence = /^```(\w*)\s*$/;
const shells = new Set(["sh", "bash", "shell", "console"]);

/** Finds the blocks of commands: those fenced as `sh`. The comment stands on the line directly above the fence. */
export function shellBlocksOf(markdown: string): ShellBlock[] {
  const lines = markdown.split("\n");
  const blocks: ShellBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = fence.exec(lines[at] ?? "")?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    const after = end < 0 ? lines.length : end;
    if (shells.has(language)) {
      const commands = lines.slice(at + 1, after).join("\n");
      blocks.push({ line: at + 2, commands, setting: settingOf(lines[at - 1] ?? "") });
    }
    at = after;
  }
  return blocks;
}

/** Reads `<!-- run: clone -->`, `<!-- run: demo -->`, `<!-- run: demo start -->` or `<!-- skip: the reason -->`. */
function settingOf(comment: string): BlockSetting | undefined {
  const [, verb, words = ""] = /^<!-- (run|skip): (.*\S) -->$/.exec(comment) ?? [];
  if (verb === "skip") return { skip: words };
  return words === "clone" || words === "demo" || words === "demo start" ? { run: words } : undefined;
}
