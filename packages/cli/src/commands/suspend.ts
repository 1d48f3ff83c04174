import { messageOf } from "@sluice/errors";
import { withCluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import { usageError } from "../errors.ts";
import { commandsByNoun } from "../kinds/by-noun.ts";
import type { FluxKind } from "../kinds/flux-kind.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean } from "../program/flag.ts";

const suspendFlags = { all: boolean("suspend all objects of the namespace") };

function suspendKind(kind: FluxKind): Command {
  return defineCommand({
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]...",
    summary: `Suspend reconciliation of ${kind.gvk.kind} objects`,
    description: `Suspends ${kind.gvk.kind} objects: what they applied stays as it is until they are resumed.`,
    example: `  $0 suspend ${kind.humanKind} my-${kind.noun}`,
    inherits: suspendFlags,
    completeArguments: objectNames(kind.gvk),
    async run(invocation) {
      const { args, flags, say } = invocation;
      if (args.length === 0 && !flags.all) throw usageError(`${kind.humanKind} name is required`);
      await withCluster(invocation, async ({ client, namespace, signal }) => {
        const suspend = async (name: string): Promise<void> => {
          say.action(`suspending ${kind.humanKind} ${name} in ${namespace} namespace`);
          const body = { spec: { suspend: true } };
          await client.patch(kind.gvk, { namespace, name }, { type: "merge", body }, { fieldManager: "flux", signal });
          say.success(`${kind.humanKind} suspended`);
        };
        if (args.length === 0) {
          const { items } = await client.list(kind.gvk, { namespace, signal, metadataOnly: true });
          if (items.length === 0) throw usageError(`no ${kind.gvk.kind} objects found in ${namespace} namespace`);
          for (const item of items) await suspend(item.metadata.name);
          return;
        }
        for (const name of new Set(args)) {
          const found = await client.find(kind.gvk, { namespace, name }, { signal, metadataOnly: true });
          if (found === undefined) {
            say.failure(`${kind.gvk.kind} ${name} not found in ${namespace} namespace`);
            continue;
          }
          try {
            await suspend(name);
          } catch (error) {
            signal.throwIfAborted();
            const object = `${kind.gvk.kind} ${name} in ${namespace} namespace`;
            say.failure(`failed suspending ${object}: ${messageOf(error)}`);
          }
        }
      });
    },
  });
}

export const suspend: Command = defineGroup({
  name: "suspend",
  summary: "Suspend sources and resources",
  persistentFlags: suspendFlags,
  commands: commandsByNoun("Suspend", suspendKind),
});
