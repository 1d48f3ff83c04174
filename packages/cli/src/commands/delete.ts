import { withCluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import { usageError } from "../errors.ts";
import { confirm } from "../io/prompt.ts";
import { commandsByNoun } from "../kinds/by-noun.ts";
import type { FluxKind } from "../kinds/flux-kind.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean } from "../program/flag.ts";

const deleteFlags = { silent: boolean("do not ask for confirmation", false, { short: "s" }) };

function deleteKind(kind: FluxKind): Command {
  return defineCommand({
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]",
    summary: `Delete a ${kind.gvk.kind}`,
    description: `Deletes a ${kind.gvk.kind}. What it applied goes with it as its deletion policy says.`,
    example: `  $0 delete ${kind.humanKind} my-${kind.noun}`,
    inherits: deleteFlags,
    completeArguments: objectNames(kind.gvk),
    async run(invocation) {
      const { args, flags, say, io } = invocation;
      const [name] = args;
      if (name === undefined) throw usageError(`${kind.humanKind} name is required`);
      await withCluster(invocation, async ({ client, namespace, signal }) => {
        await client.get(kind.gvk, { namespace, name }, { signal, metadataOnly: true });
        if (!flags.silent) await confirm(io, `Are you sure you want to delete this ${kind.humanKind}`);
        say.action(`deleting ${kind.humanKind} ${name} in ${namespace} namespace`);
        await client.delete(kind.gvk, { namespace, name }, { signal });
        say.success(`${kind.humanKind} deleted`);
      });
    },
  });
}

export const deleteCommand: Command = defineGroup({
  name: "delete",
  summary: "Delete sources and resources",
  persistentFlags: deleteFlags,
  commands: commandsByNoun("Delete", deleteKind),
});
