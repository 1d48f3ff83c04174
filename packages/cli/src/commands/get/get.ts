import { messageOf } from "@sluice/errors";
import { withCluster } from "../../cluster/cluster.ts";
import { objectNames } from "../../cluster/object-names.ts";
import { usageError } from "../../errors.ts";
import { isSource } from "../../kinds/by-noun.ts";
import type { Column, FluxKind } from "../../kinds/flux-kind.ts";
import { fluxKinds, kustomization } from "../../kinds/kinds.ts";
import { defineCommand, defineGroup } from "../../program/command.ts";
import type { Command, Invocation } from "../../program/command.ts";
import { boolean } from "../../program/flag.ts";
import { createTable, getFlags, getObjects, listObjects, parseStatusSelector } from "./get-objects.ts";
import type { GetFlags } from "./get-objects.ts";

const sourceColumn: Column = {
  header: "Source",
  cell: ({ spec, metadata }) =>
    `${spec?.sourceRef?.kind ?? ""}/${spec?.sourceRef?.namespace ?? metadata.namespace ?? ""}/${spec?.sourceRef?.name ?? ""}`,
};

const getKustomizations = defineCommand({
  name: "kustomizations",
  aliases: ["ks", "kustomization"],
  usage: "[name]",
  summary: "Get Kustomization statuses",
  description: "Prints the state of Kustomizations: the revision that was applied, and whether it is Ready.",
  example: `  # All Kustomizations of the namespace\n  $0 get kustomizations\n\n  # Those that are not Ready, in all namespaces\n  $0 get kustomizations -A --status-selector ready!=true`,
  flags: { "show-source": boolean("show where each Kustomization takes its manifests from") },
  inherits: getFlags,
  completeArguments: objectNames(kustomization.gvk),
  run: (invocation) =>
    getObjects(invocation, {
      kind: kustomization,
      ...named(invocation),
      ...(invocation.flags["show-source"] ? { columns: [sourceColumn, ...kustomization.columns] } : {}),
    }),
});

function getSource(kind: FluxKind): Command {
  return defineCommand({
    name: kind.noun,
    aliases: kind.aliases,
    usage: "[name]",
    summary: `Get ${kind.gvk.kind} source statuses`,
    description: `Prints the state of ${kind.gvk.kind} sources: the revision that was fetched, and whether it is Ready.`,
    example: `  $0 get sources ${kind.noun} --all-namespaces`,
    inherits: getFlags,
    completeArguments: objectNames(kind.gvk),
    run: (invocation) => getObjects(invocation, { kind, ...named(invocation) }),
  });
}

function named(invocation: Invocation): { readonly name?: string } {
  const [name] = invocation.args;
  return name === undefined ? {} : { name };
}

function getSeveral(kinds: readonly FluxKind[], summary: string): Command {
  return defineCommand({
    name: "all",
    summary,
    description: `${summary}, a table per kind. Kinds without objects are left out.`,
    inherits: getFlags,
    async run(invocation) {
      if (invocation.flags.watch) throw usageError("expected a single resource type, but found all");
      const { isNoMatch } = await import("@sluice/kube");
      await withCluster(invocation, async (cluster) => {
        const matches = parseStatusSelector(invocation.flags["status-selector"]);
        for (const kind of kinds) {
          const selection = { kind, withKind: true };
          const listed = await listObjects(invocation, cluster, selection).catch((error: unknown) => {
            cluster.signal.throwIfAborted();
            if (!isNoMatch(error)) invocation.say.failure(messageOf(error));
            return undefined;
          });
          const items = (listed ?? []).filter(matches);
          if (items.length > 0) invocation.io.stdout.write(`${createTable(invocation, selection)(items)}\n`);
        }
      });
    },
  });
}

const sources = fluxKinds.filter(isSource);

export const get: Command = defineGroup({
  name: "get",
  summary: "Get the resources and their status",
  description: "Prints the statuses of Flux resources.",
  persistentFlags: getFlags satisfies GetFlags,
  commands: [
    getSeveral([...sources, ...fluxKinds.filter((kind) => !isSource(kind))], "Get all resources and statuses"),
    getKustomizations,
    defineGroup({
      name: "sources",
      aliases: ["source"],
      summary: "Get source statuses",
      commands: [getSeveral(sources, "Get all source statuses"), ...sources.map(getSource)],
    }),
  ],
});
