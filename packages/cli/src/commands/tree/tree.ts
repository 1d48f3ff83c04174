import { usageError } from "../../errors.ts";
import { withCluster } from "../../cluster/cluster.ts";
import { objectNames } from "../../cluster/object-names.ts";
import { kustomization } from "../../kinds/kinds.ts";
import { formatTree } from "../../printers/tree.ts";
import { formatYaml } from "../../printers/yaml.ts";
import { defineCommand, defineGroup } from "../../program/command.ts";
import type { Command } from "../../program/command.ts";
import { boolean, text } from "../../program/flag.ts";

const treeKustomization = defineCommand({
  name: "kustomization",
  aliases: ["ks", "kustomizations"],
  usage: "[name]",
  summary: "Print the objects that a Kustomization applied",
  description:
    "Prints what a Kustomization applied, and what those of its objects that are Kustomizations applied, as a tree.",
  example: `  $0 tree kustomization flux-system\n\n  # Flux's own kinds alone\n  $0 tree kustomization flux-system --compact`,
  flags: {
    compact: boolean("Flux's own kinds alone"),
    output: text("json or yaml instead of a drawing", "", { short: "o", choices: ["json", "yaml"] }),
  },
  completeArguments: objectNames(kustomization.gvk),
  async run(invocation) {
    const { args, flags, io } = invocation;
    const [name] = args;
    if (name === undefined) throw usageError("kustomization name is required");
    if (!["", "json", "yaml"].includes(flags.output))
      throw usageError(`--output must be json or yaml, not ${flags.output}`);
    const { readApplied, toRecord, toTree } = await import("./applied.ts");
    const applied = await withCluster(invocation, (cluster) => readApplied(cluster, name, flags.compact));
    if (flags.output === "json") io.stdout.write(`${JSON.stringify(toRecord(applied), undefined, 2)}\n`);
    else if (flags.output === "yaml") io.stdout.write(`${await formatYaml(toRecord(applied))}\n`);
    else io.stdout.write(`${formatTree(toTree(applied))}\n`);
  },
});

export const tree: Command = defineGroup({
  name: "tree",
  summary: "Print what was applied as a tree",
  commands: [treeKustomization],
});
