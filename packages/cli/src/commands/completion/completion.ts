import { withCluster } from "../../cluster/cluster.ts";
import { contextNames } from "../../cluster/connect.ts";
import { completeWords } from "../../program/complete.ts";
import type { Candidate } from "../../program/complete.ts";
import { defineCommand, defineGroup } from "../../program/command.ts";
import type { Command, Invocation } from "../../program/command.ts";
import { leafOf, parseLine } from "../../program/parse.ts";
import { scripts } from "./scripts.ts";
import type { Shell } from "./scripts.ts";

const namespaceGvk = { group: "", version: "v1", kind: "Namespace" };

function shellCommand(shell: Shell, install: string): Command {
  return defineCommand({
    name: shell,
    summary: `Print the completion script for ${shell}`,
    description: `Prints a script that completes commands, flags and names of objects in ${shell}.`,
    example: install,
    async run({ io }) {
      io.stdout.write(scripts[shell](io.program));
    },
  });
}

export const completion: Command = defineGroup({
  name: "completion",
  summary: "Print completion scripts for shells",
  commands: [
    shellCommand("bash", "  # In ~/.bashrc\n  command -v $0 >/dev/null && . <($0 completion bash)"),
    shellCommand("zsh", "  # In ~/.zshrc, after compinit\n  command -v $0 >/dev/null && . <($0 completion zsh)"),
    shellCommand("fish", "  $0 completion fish > ~/.config/fish/completions/$0.fish"),
    shellCommand("powershell", "  $0 completion powershell >> $PROFILE"),
  ],
});

/** The hidden command that the scripts call; it needs the tree that it is part of. */
export function createComplete(root: () => Command): Command {
  return defineCommand({
    name: "__complete",
    usage: "[word]...",
    summary: "Answer a completion script",
    hidden: true,
    async run(invocation) {
      const words = invocation.args.length === 0 ? [""] : invocation.args;
      const { candidates, files } = await candidatesFor(root(), words, invocation);
      const lines = candidates.map(({ value, description }) =>
        description === "" ? value : `${value}\t${description}`,
      );
      invocation.io.stdout.write([...lines, files ? ":files" : ":nofiles", ""].join("\n"));
    },
  });
}

async function candidatesFor(
  root: Command,
  words: readonly string[],
  invocation: Invocation,
): Promise<{ readonly candidates: readonly Candidate[]; readonly files: boolean }> {
  const found = completeWords(root, words);
  switch (found.kind) {
    case "candidates":
      return { candidates: found.candidates, files: false };
    case "files":
      return { candidates: [], files: true };
    case "contexts":
    case "namespaces": {
      const names = await orNone(() => (found.kind === "contexts" ? contextNames(invocation) : namespaces(invocation)));
      const fitting = names.filter((name) => name.startsWith(found.word));
      return { candidates: fitting.map((name) => ({ value: found.prefix + name, description: "" })), files: false };
    }
    case "argument": {
      const complete = leafOf(found.path).completeArguments;
      if (complete === undefined) return { candidates: [], files: false };
      const names = await orNone(() => complete(invocationOf(root, words, invocation), found.word));
      return { candidates: names.map((value) => ({ value, description: "" })), files: false };
    }
  }
}

/** The line that is being typed, as if it were complete: its `--namespace` and `--kubeconfig` count already. */
function invocationOf(root: Command, words: readonly string[], { io, say }: Invocation): Invocation {
  const line = parseLine(io.program, root, words.slice(0, -1));
  return { args: line.args, flags: line.values as Invocation["flags"], isSet: (name) => line.given.has(name), io, say };
}

async function namespaces(invocation: Invocation): Promise<readonly string[]> {
  return withCluster(invocation, async ({ client, signal }) => {
    const { items } = await client.list(namespaceGvk, { signal, metadataOnly: true });
    return items.map((item) => item.metadata.name);
  });
}

// While somebody types, an unreachable cluster means no suggestions, not an error in the middle of the line.
async function orNone(names: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await names();
  } catch {
    return [];
  }
}
