import { formatSubject, parseObjectId, type ObjectReference } from "@sluice/kube";
import type { Cluster } from "../../cluster/cluster.ts";
import { CliError } from "../../errors.ts";
import type { FluxObject } from "../../kinds/flux-kind.ts";
import { kustomization } from "../../kinds/kinds.ts";
import type { TreeNode } from "../../printers/tree.ts";

/** An applied object with what it applied in turn. */
export interface Applied {
  readonly id: ObjectReference;
  readonly children: readonly Applied[];
}

/** Reads what a Kustomization applied; `compact` leaves everything but Flux's own kinds out. */
export async function readApplied(cluster: Cluster, name: string, compact: boolean): Promise<Applied> {
  const { namespace, client, signal } = cluster;
  const root = await client.get<FluxObject>(kustomization.gvk, { namespace, name }, { signal });
  const id = { gvk: kustomization.gvk, key: { namespace, name } };
  return { id, children: await appliedBy(cluster, root, compact, new Set([formatSubject(id)])) };
}

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

/** As a tree to draw. */
export function toTree({ id, children }: Applied): TreeNode {
  return { text: formatSubject(id), children: children.map(toTree) };
}

/** As Flux prints a tree in JSON and YAML. */
export function toRecord({ id, children }: Applied): { readonly [field: string]: unknown } {
  return {
    resource: {
      Namespace: id.key.namespace ?? "",
      Name: id.key.name,
      GroupKind: { Group: id.gvk.group, Kind: id.gvk.kind },
    },
    ...(children.length > 0 && { resources: children.map(toRecord) }),
  };
}
