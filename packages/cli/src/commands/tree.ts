import { formatSubject, parseObjectId } from "@sluice/kube";
import type { ObjectReference } from "@sluice/kube";
import { CliError, usageError } from "../errors.ts";
import { withCluster } from "../cluster/cluster.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { objectNames } from "../cluster/object-names.ts";
import type { FluxObject } from "../kinds/flux-kind.ts";
import { kustomization } from "../kinds/kinds.ts";
import { formatTree } from "../printers/tree.ts";
import type { TreeNode } from "../printers/tree.ts";
import { formatYaml } from "../printers/yaml.ts";
import { defineCommand, defineGroup } from "../program/command.ts";
import type { Command } from "../program/command.ts";
import { boolean, text } from "../program/flag.ts";

/** An applied object with what it applied in turn. */
interface Applied {
  readonly id: ObjectReference;
  readonly children: readonly Applied[];
}

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
    const applied = await withCluster(invocation, async (cluster) => {
      const { namespace, client, signal } = cluster;
      const root = await client.get<FluxObject>(kustomization.gvk, { namespace, name }, { signal });
      const id = { gvk: kustomization.gvk, key: { namespace, name } };
      return { id, children: await appliedBy(cluster, root, flags.compact, new Set([formatSubject(id)])) };
    });
    if (flags.output === "json") io.stdout.write(`${JSON.stringify(toRecord(applied), undefined, 2)}\n`);
    else if (flags.output === "yaml") io.stdout.write(`${formatYaml(toRecord(applied))}\n`);
    else io.stdout.write(`${formatTree(toTree(applied))}\n`);
  },
});

/** Reads an inventory, and those of the Kustomizations in it. `seen` stops at circles. */
async function appliedBy(
  cluster: Cluster,
  object: FluxObject,
  compact: boolean,
  seen: ReadonlySet<string>,
): Promise<readonly Applied[]> {
  const ids = (object.status?.inventory?.entries ?? []).map((entry) => {
    const id = parseObjectId(entry.id, entry.v);
    if (id === undefined) throw new CliError("Failed", `unable to parse inventory entry ${JSON.stringify(entry.id)}`);
    return id;
  });
  const wanted = ids.filter(
    (id) => (!compact || id.gvk.group.includes("toolkit.fluxcd.io")) && !seen.has(formatSubject(id)),
  );
  return Promise.all(
    wanted.map(async (id) => {
      const isLocal = object.spec?.kubeConfig === undefined;
      const isKustomization = id.gvk.group === kustomization.gvk.group && id.gvk.kind === kustomization.gvk.kind;
      if (!isKustomization || !isLocal) return { id, children: [] };
      const nested = await cluster.client.find<FluxObject>(kustomization.gvk, id.key, { signal: cluster.signal });
      if (nested === undefined) throw new CliError("NotFound", `failed to find object: ${formatSubject(id)}`);
      return { id, children: await appliedBy(cluster, nested, compact, new Set([...seen, formatSubject(id)])) };
    }),
  );
}

function toTree({ id, children }: Applied): TreeNode {
  return { text: formatSubject(id), children: children.map(toTree) };
}

function toRecord({ id, children }: Applied): { readonly [field: string]: unknown } {
  return {
    resource: {
      Namespace: id.key.namespace ?? "",
      Name: id.key.name,
      GroupKind: { Group: id.gvk.group, Kind: id.gvk.kind },
    },
    ...(children.length > 0 && { resources: children.map(toRecord) }),
  };
}

export const tree: Command = defineGroup({
  name: "tree",
  summary: "Print what was applied as a tree",
  commands: [treeKustomization],
});
